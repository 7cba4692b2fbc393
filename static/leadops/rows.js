"use strict";

/* Rows that are ticked and decided on by keyboard, as in mail programs: j and k go down and up, x ticks, o opens the row
   that one is at. Every button of the form with `data-key` decides on the ticked rows, or on the one that one is at.
   The form is `[data-rows]`, its boxes are named `rows`, a link with `data-row-open` is what o opens. */
(() => {
    const form = document.querySelector("[data-rows]");
    if (!form) return;
    const boxes = [...form.querySelectorAll("[name=rows]")];
    const all = form.querySelector("[data-rows-all]");
    const told = form.querySelector("[data-rows-ticked]");
    const buttons = new Map([...form.querySelectorAll("button[data-key]")].map((button) => [button.dataset.key, button]));

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
    form.addEventListener("change", tell);

    const here = () => boxes.findIndex((box) => box.closest("tr").contains(document.activeElement));
    const goTo = (place) => {
        const box = boxes[Math.max(0, Math.min(boxes.length - 1, place))];
        box.focus();
        box.closest("tr").scrollIntoView({ block: "nearest" });
    };
    window.addEventListener("keydown", (event) => {
        const { key, target } = event;
        if (event.ctrlKey || event.metaKey || event.altKey || (event.repeat && key !== "j" && key !== "k")) return;
        if (target.closest("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])")) return;
        const place = here();
        if (key === "j") goTo(place + 1);
        else if (key === "k") goTo(place < 0 ? 0 : place - 1);
        else if (key === "x" && place >= 0) {
            boxes[place].checked = !boxes[place].checked;
            tell();
        } else if (key === "o" && boxes[place]?.closest("tr").querySelector("[data-row-open]")) {
            window.location.assign(boxes[place].closest("tr").querySelector("[data-row-open]").href);
        } else if (buttons.has(key)) {
            if (!boxes.some((box) => box.checked)) {
                if (place < 0) return;
                boxes[place].checked = true;
            }
            form.requestSubmit(buttons.get(key));
        } else return;
        event.preventDefault();
    });
    tell(); // the browser may have kept the ticks
    if (document.activeElement === document.body) boxes[0].focus({ preventScroll: true });
})();
