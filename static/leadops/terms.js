"use strict";

/* Helps while typing: preview, length, labels that are taken, reset, and where a term is used. The server decides. */
(() => {
    const place = document.querySelector("[data-shows-at-once]");
    if (place) {
        place.form.querySelector("[data-without-script]").hidden = true;
        place.addEventListener("change", () => place.value && place.form.submit());
    }

    const form = document.getElementById("terms");
    if (!form) {
        return;
    }
    const shapes = JSON.parse(document.getElementById("term-shapes").textContent);
    const boxes = [...form.querySelectorAll("input[data-most], textarea[data-most]")];
    const previews = [...form.querySelectorAll("[data-preview]")];
    const count = form.querySelector("[data-count]");
    let leaving = false;

    const shown = (box) => box.value.trim() || box.placeholder;
    const capital = (text) => text.charAt(0).toLocaleUpperCase() + text.slice(1);
    const isChanged = (box) => box.value !== form.elements[`was:${box.name}`.replace("was:term:", "was:")].value;

    function fault(box) {
        const most = Number(box.dataset.most);
        const long = [...box.value.trim()].length;
        if (long > most) {
            return `${long.toLocaleString("en")} characters; ${most.toLocaleString("en")} is the most. Shorten it.`;
        }
        if (box.value && !box.value.trim()) {
            return "Nothing but blanks. Type a word, or leave the box empty for the default.";
        }
        if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/.test(box.value)) {
            return "It holds a character that can't be seen. Type it again without it.";
        }
        const taken = shapes[box.dataset.shape];
        if (taken) {
            const mine = shown(box).toLocaleLowerCase();
            for (const [part, text] of Object.entries(taken)) {
                const other = form.elements[`term:${part}`];
                const theirs = other ? shown(other) : text;
                if (part !== box.dataset.part && theirs.toLocaleLowerCase() === mine) {
                    return `“${theirs}” is another label here already (${part}). Choose another.`;
                }
            }
        }
        return "";
    }

    function check(box) {
        const says = box.parentElement.querySelector("[data-says]");
        const sentence = isChanged(box) ? fault(box) : "";
        box.setAttribute("aria-invalid", sentence ? "true" : "false");
        if (says) {
            says.textContent = sentence;
        } else {
            box.title = sentence;
        }
    }

    function show(box) {
        const row = box.closest(".lo-term");
        const label = row && box.matches(".lo-term-labels input") ? box : row && row.querySelector(".lo-term-labels input");
        if (label) {
            previews.forEach((preview) => { preview.textContent = capital(shown(label)); });
        }
    }

    function tally() {
        const changed = boxes.filter(isChanged);
        form.querySelectorAll(".lo-term").forEach((row) => {
            row.classList.toggle("lo-changed", changed.some((box) => row.contains(box)));
        });
        if (count) {
            count.textContent = changed.length ? `${changed.length} not saved yet` : "";
        }
        return changed.length;
    }

    form.addEventListener("input", (event) => {
        const box = event.target;
        if (box.matches("[data-most]")) {
            // A label may have become free, or taken, for others of its kind.
            const kin = box.dataset.shape ? boxes.filter((other) => other.dataset.shape === box.dataset.shape) : [];
            [box, ...kin].forEach(check);
            show(box);
            tally();
        }
    });
    form.addEventListener("focusin", (event) => event.target.matches("[data-most]") && show(event.target));
    form.addEventListener("submit", () => { leaving = true; });
    window.addEventListener("beforeunload", (event) => {
        if (!leaving && tally()) {
            event.preventDefault();
        }
    });

    form.addEventListener("click", async (event) => {
        const reset = event.target.closest("[data-reset]");
        if (reset) {
            event.preventDefault();
            const row = reset.closest(".lo-term");
            row.querySelectorAll("[name^='term:']").forEach((box) => {
                box.value = "";
                box.dispatchEvent(new Event("input", { bubbles: true }));
            });
            tally();
            return;
        }
        const where = event.target.closest("[data-where]");
        if (!where || event.ctrlKey || event.metaKey || event.shiftKey) {
            return;
        }
        event.preventDefault();
        const panel = where.closest(".lo-term").querySelector(".lo-term-where");
        if (!panel.hidden) {
            panel.hidden = true;
            where.setAttribute("aria-expanded", "false");
            return;
        }
        if (!panel.firstChild) {
            const answer = await fetch(where.href, { credentials: "same-origin" });
            const found = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("where");
            if (!found) {
                leaving = true;
                window.location = where.href;
                return;
            }
            found.removeAttribute("id");
            panel.append(document.importNode(found, true));
        }
        panel.hidden = false;
        where.setAttribute("aria-expanded", "true");
    });

    if (boxes.length) {
        show(boxes[0]);
    }
    boxes.filter((box) => isChanged(box) && !box.closest(".lo-wrong")).forEach(check);
    tally();
})();
