"use strict";

/* Two side by side by keyboard: one key for each decision, and a number for each line. The list of pairs: rows.js. */
(() => {
    const isTyping = (event) =>
        event.ctrlKey || event.metaKey || event.altKey || event.target.closest("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])");

    const pair = document.querySelector("[data-pair]");
    if (pair) {
        const lines = [...pair.querySelectorAll("tbody tr")].filter((row) => row.querySelector("[type=radio]"));
        lines.slice(0, 9).forEach((row, place) => {
            const key = document.createElement("kbd");
            key.textContent = String(place + 1);
            key.setAttribute("aria-hidden", "true");
            row.querySelector("th").append(" ", key);
        });
        let isSent = false; // a key that is held down, or pressed twice, decides once
        const send = (form, button) => {
            if (isSent) return;
            isSent = true;
            form.requestSubmit(button);
        };
        window.addEventListener("pageshow", () => { isSent = false; });
        window.addEventListener("keydown", (event) => {
            if (isTyping(event) || event.repeat) return;
            const key = event.key === "ArrowRight" && !event.target.closest("[type=radio]") ? "l" : event.key;
            if ("sdl".includes(key) && key.length === 1) send(pair, pair.querySelector(`[data-key="${key}"]`));
            else if (key === "u") {
                const form = document.querySelector("#take-back");
                if (form) send(form, form.querySelector("button"));
            } else if (key === "Escape") window.location.assign(pair.querySelector('[data-key="Escape"]').href);
            else if (key === "?") {
                const help = document.querySelector("[data-pair-help]");
                help.open = !help.open;
                help.scrollIntoView({ block: "nearest" });
            } else if (/^[1-9]$/.test(key) && lines[Number(key) - 1]) {
                const other = lines[Number(key) - 1].querySelector("[type=radio]:not(:checked)");
                other.checked = true;
                other.focus();
            } else return;
            event.preventDefault();
        });
    }
})();
