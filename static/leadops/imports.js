"use strict";

/* The import pages: the progress that moves, and what the upload form can say before the file is sent. */
(() => {
    const EVERY = 1000; // milliseconds between two looks at a list that is being loaded
    const MEASURED = 12000; // milliseconds over which the speed is measured

    const grouped = (number) => number.toLocaleString("en"); // as the server writes numbers in sentences

    // The reasons met so far, as the server orders them; nothing of the list is ever read as markup.
    const showReasons = (reasons) => {
        const panel = document.querySelector("[data-reasons]");
        if (!panel || !reasons?.length) return;
        const lines = reasons.map(({ told, count }) => {
            const line = document.createElement("li");
            const often = document.createElement("strong");
            often.textContent = `${grouped(count)} ×`;
            line.append(often, ` ${told}`);
            return line;
        });
        panel.querySelector("ul").replaceChildren(...lines);
        panel.hidden = false;
    };

    for (const card of document.querySelectorAll("[data-progress]")) {
        const show = (selector, text, within = card) => {
            const place = within.querySelector(selector);
            if (place && place.textContent !== text) place.textContent = text;
        };
        // How fast it goes, from what was seen within the last seconds, and how long it takes at that speed.
        const seen = [];
        const tellSpeed = (found) => {
            const place = card.querySelector("[data-speed]");
            if (!place) return;
            const last = seen.at(-1);
            if (found.state !== "running" || (last && (found.cursor < last.rows || found.phase !== last.phase))) seen.length = 0;
            if (found.state === "running") seen.push({ at: performance.now(), rows: found.cursor, phase: found.phase });
            while (seen.length > 2 && seen.at(-1).at - seen[0].at > MEASURED) seen.shift();
            const seconds = seen.length > 1 ? (seen.at(-1).at - seen[0].at) / 1000 : 0;
            const rate = seconds ? (seen.at(-1).rows - seen[0].rows) / seconds : 0;
            if (!rate) {
                place.textContent = "";
                return;
            }
            const left = Math.max(0, (found.rows_total - found.cursor) / rate);
            const words = left < 90 ? `about ${Math.max(1, Math.round(left))} s left` : `about ${Math.round(left / 60)} min left`;
            place.textContent = `· ${grouped(Math.round(rate))} ${place.dataset.rowsWord}/s · ${words}`;
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
            show("[data-rows-done]", grouped(found.rows_done));
            show("[data-rows-total]", grouped(found.rows_total));
            for (const [outcome, number] of Object.entries(found.counts)) show(`[data-count="${outcome}"]`, grouped(number), document);
            showReasons(found.reasons);
            tellSpeed(found);
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

    const columns = document.querySelector("[data-columns]");
    if (columns) {
        const rows = [...columns.querySelectorAll("[data-column]")];
        const ruled = new Set(columns.dataset.columns.split(" "));
        // What a column left out would do to known values is nobody's question, nor what a note would.
        const mark = (row) => {
            const target = row.querySelector("[data-target]").value;
            row.classList.toggle("lo-import-left", !target);
            row.classList.toggle("lo-import-unruled", !ruled.has(target));
        };
        for (const row of rows) {
            mark(row);
            row.querySelector("[data-target]").addEventListener("change", () => mark(row));
        }
        const only = columns.querySelector("[data-only]");
        if (only && rows.some((row) => row.classList.contains("lo-import-unsure"))) {
            only.hidden = false;
            only.querySelector("[data-only-check]").addEventListener("change", (event) => {
                for (const row of rows) row.hidden = event.target.checked && !row.classList.contains("lo-import-unsure");
            });
        }
        if (columns.querySelector("[data-constants] .lo-error")) columns.querySelector("[data-constants]").open = true;
    }
})();
