"use strict";

/* Deciding about pairs by keyboard: on the list as in the review pile, and side by side with one key for each decision. */
(() => {
    const isTyping = (event) =>
        event.ctrlKey || event.metaKey || event.altKey || event.target.closest("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])");

    const list = document.querySelector("[data-pairs]");
    if (list) {
        const boxes = [...list.querySelectorAll("[name=rows]")];
        const all = list.querySelector("[data-pairs-all]");
        const told = list.querySelector("[data-pairs-ticked]");
        const tell = () => {
            const ticked = boxes.filter((box) => box.checked).length;
            told.textContent = ticked ? `${ticked} ticked` : "";
            all.checked = ticked === boxes.length;
            all.indeterminate = ticked > 0 && ticked < boxes.length;
            for (const box of boxes) box.closest("tr").classList.toggle("lo-review-chosen", box.checked);
        };
        all.addEventListener("change", () => {
            for (const box of boxes) box.checked = all.checked;
            tell();
        });
        list.addEventListener("change", tell);
        const here = () => boxes.findIndex((box) => box.closest("tr").contains(document.activeElement));
        const goTo = (place) => {
            const box = boxes[Math.max(0, Math.min(boxes.length - 1, place))];
            box.focus();
            box.closest("tr").scrollIntoView({ block: "nearest" });
        };
        window.addEventListener("keydown", (event) => {
            if (isTyping(event) || (event.repeat && !"jk".includes(event.key))) return;
            if (event.key === "j") goTo(here() + 1);
            else if (event.key === "k") goTo(here() < 0 ? 0 : here() - 1);
            else if (event.key === "x" && here() >= 0) {
                boxes[here()].checked = !boxes[here()].checked;
                tell();
            } else if (event.key === "o" && here() >= 0) {
                window.location.assign(boxes[here()].closest("tr").querySelector("[data-pair-open]").href);
            } else if (event.key === "s" || event.key === "d") {
                if (!boxes.some((box) => box.checked)) {
                    if (here() < 0) return;
                    boxes[here()].checked = true;
                }
                list.requestSubmit(list.querySelector(`[data-key="${event.key}"]`));
            } else return;
            event.preventDefault();
        });
        tell(); // the browser may have kept the ticks
        if (document.activeElement === document.body) boxes[0].focus({ preventScroll: true });
    }

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
