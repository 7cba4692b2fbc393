"use strict";

/* The review pile by keyboard, as in mail programs: j and k go down and up, x ticks, a lets in, d leaves out. */
(() => {
    const form = document.querySelector("[data-review]");
    if (!form) return;
    const boxes = [...form.querySelectorAll("[name=rows]")];
    const all = form.querySelector("[data-review-all]");
    const told = form.querySelector("[data-review-ticked]");

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

    const here = () => boxes.indexOf(document.activeElement);
    const goTo = (place) => {
        const box = boxes[Math.max(0, Math.min(boxes.length - 1, place))];
        box.focus();
        box.closest("tr").scrollIntoView({ block: "nearest" });
    };
    window.addEventListener("keydown", (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || event.repeat && "ad".includes(event.key)) return;
        const target = event.target;
        if (target.closest("textarea, select, [contenteditable], input:not([type=checkbox])")) return;
        if (event.key === "j") goTo(here() + 1);
        else if (event.key === "k") goTo(here() < 0 ? 0 : here() - 1);
        else if (event.key === "x" && here() >= 0) {
            boxes[here()].checked = !boxes[here()].checked;
            tell();
        } else if (event.key === "a" || event.key === "d") {
            if (!boxes.some((box) => box.checked)) {
                if (here() < 0) return;
                boxes[here()].checked = true;
            }
            form.requestSubmit(form.querySelector(`[data-key="${event.key}"]`));
        } else return;
        event.preventDefault();
    });
    tell(); // the browser may have kept the ticks
    if (document.activeElement === document.body) boxes[0].focus({ preventScroll: true });
})();
