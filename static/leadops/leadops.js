"use strict";

/* `/` searches from every page: a list focuses its own search box by itself, every other page opens the palette. */
window.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) {
        return;
    }
    if (!document.getElementById("searchbar")) {
        event.preventDefault();
        window.dispatchEvent(new CustomEvent("opencommand"));
    }
});

/* A document that can be printed has a button for it. */
document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
});
