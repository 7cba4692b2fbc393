"use strict";

/* The import pages: the progress that moves, and what the upload form can say before the file is sent. */
(() => {
    const EVERY = 1000; // milliseconds between two looks at a list that is being loaded

    const card = document.querySelector("[data-progress]");
    if (card) {
        const show = (selector, text) => {
            const place = document.querySelector(selector);
            if (place && place.textContent !== text) place.textContent = text;
        };
        const look = async () => {
            let found;
            try {
                const answer = await fetch(card.dataset.progress, { headers: { Accept: "application/json" } });
                if (answer.redirected || !answer.ok) return window.location.reload();
                found = await answer.json();
            } catch {
                return window.setTimeout(look, EVERY * 3); // the server is away for a moment
            }
            const bar = card.querySelector("progress");
            bar.value = found.percent;
            bar.textContent = `${found.percent} %`;
            show("[data-sentence]", found.sentence);
            show("[data-rows-done]", String(found.rows_done));
            show("[data-rows-total]", String(found.rows_total));
            for (const [outcome, number] of Object.entries(found.counts)) show(`[data-count="${outcome}"]`, String(number));
            if (found.state !== card.dataset.state) return window.location.reload();
            return window.setTimeout(look, EVERY);
        };
        window.setTimeout(look, EVERY);
    }

    const form = document.querySelector("[data-upload]");
    if (form) {
        const kind = form.querySelector("[name=kind]");
        const only = form.querySelector("[data-only-kind]");
        const choose = () => { only.hidden = kind.value !== only.dataset.onlyKind; };
        kind.addEventListener("change", choose);
        choose();

        const file = form.querySelector("[type=file]");
        const error = form.querySelector("[data-upload-error]");
        file.addEventListener("change", () => {
            const most = Number(file.dataset.maxBytes);
            const size = file.files.length ? file.files[0].size : 0;
            error.hidden = size <= most;
            error.textContent = error.hidden
                ? ""
                : `This file has ${Math.ceil(size / 1048576)} MB; up to ${Math.floor(most / 1048576)} MB can be uploaded. Leave out columns that you don't need, or split the list.`;
        });
        form.addEventListener("submit", (event) => {
            if (!error.hidden) event.preventDefault();
        });
    }
})();
