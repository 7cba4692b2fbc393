"use strict";

/* The editors of a draft agreement: adding rows without a request, and offering only what fits a condition. Without this
   script the same buttons ask the server for a row, and values are typed. */
(() => {
    const told = document.getElementById("lo-askable");
    const askable = told ? JSON.parse(told.textContent) : {};
    const WITHOUT_VALUE = ["is_set", "is_empty"];
    const SEVERAL = ["in", "not_in"];

    const offer = (select, fits) => {
        for (const option of select.options) {
            const shown = option.value === "" || option.selected || fits(option.value);
            option.hidden = option.disabled = !shown;
        }
    };

    // The keys in the box: what stands there may be keys or names.
    const chosen = (asked, text) => {
        const typed = text.split(",").map((part) => part.trim().toLowerCase()).filter(Boolean);
        return asked.values
            .filter(([key, name]) => typed.includes(key.toLowerCase()) || typed.includes(name.toLowerCase()))
            .map(([key]) => key);
    };

    const chooseOne = (asked, keys, tell) => {
        const select = document.createElement("select");
        select.className = "lo-input";
        select.add(new Option("—", ""));
        for (const [key, name] of asked.values) select.add(new Option(name, key, false, keys[0] === key));
        select.addEventListener("change", () => tell(select.value ? [select.value] : []));
        return select;
    };

    const chooseSeveral = (asked, keys, tell) => {
        const box = document.createElement("div");
        box.className = "lo-chips";
        for (const [key, name] of asked.values) {
            const label = document.createElement("label");
            const tick = document.createElement("input");
            tick.type = "checkbox";
            tick.value = key;
            tick.checked = keys.includes(key);
            label.append(tick, name);
            box.append(label);
        }
        box.addEventListener("change", () => tell([...box.querySelectorAll(":checked")].map((tick) => tick.value)));
        return box;
    };

    const fit = (row) => {
        const [kind, field, operator, value] = ["kind", "field", "operator", "value"].map((name) => row.querySelector(`[name$="-${name}"]`));
        const chooser = row.querySelector("[data-chooser]");
        if (!field || !chooser) return;
        const aboutScore = kind.value === "score";
        offer(field, (name) => name.startsWith("score.") === aboutScore);
        const asked = askable[field.value];
        offer(operator, (name) => !asked || asked.operators.includes(name));
        const wanted = !WITHOUT_VALUE.includes(operator.value);
        const choice = wanted && asked && asked.values.length > 0;
        row.querySelector(".lo-field-value").hidden = !wanted;
        value.hidden = choice;
        value.inputMode = asked && asked.shape === "number" ? "decimal" : "text";
        chooser.hidden = !choice;
        chooser.replaceChildren();
        if (choice) {
            const tell = (keys) => { value.value = keys.join(", "); };
            const make = SEVERAL.includes(operator.value) ? chooseSeveral : chooseOne;
            const keys = chosen(asked, value.value);
            if (make === chooseOne && keys.length > 1) tell(keys.slice(0, 1));
            const control = make(asked, keys, tell);
            const label = row.querySelector(".lo-field-value .lo-label").textContent;
            control.setAttribute("aria-label", label);
            if (make === chooseSeveral) control.setAttribute("role", "group");
            chooser.append(control);
        }
    };

    const fitAll = (place) => {
        for (const row of place.querySelectorAll("[data-condition]")) fit(row);
    };

    document.addEventListener("change", (event) => {
        const row = event.target.closest("[data-condition]");
        if (!row) return;
        if (/-(kind|field|operator)$/.test(event.target.name || "")) {
            const field = row.querySelector('[name$="-field"]');
            const operator = row.querySelector('[name$="-operator"]');
            if (/-kind$/.test(event.target.name)) {
                const aboutScore = event.target.value === "score";
                if (field.value && field.value.startsWith("score.") !== aboutScore) field.value = "";
                if (aboutScore && !field.value) field.value = [...field.options].map((one) => one.value).find((name) => name.startsWith("score.")) || "";
            }
            const asked = askable[field.value];
            if (/-field$/.test(event.target.name)) row.querySelector('[name$="-value"]').value = "";
            if (asked && !asked.operators.includes(operator.value)) operator.value = asked.operators[0];
            fit(row);
        }
        const choose = event.target.closest(".lo-choose");
        if (choose) {
            const summary = choose.querySelector("[data-chosen]");
            const names = [...choose.querySelectorAll(":checked")].map((tick) => tick.nextElementSibling.textContent);
            summary.textContent = names.join(", ") || summary.dataset.none;
        }
    });

    document.addEventListener("click", (event) => {
        const button = event.target.closest("[data-add]");
        if (!button) {
            // A list of activities closes when something else is clicked.
            for (const open of document.querySelectorAll(".lo-choose[open]")) if (!open.contains(event.target)) open.open = false;
            return;
        }
        const rows = button.closest("[data-rows]");
        const total = rows.querySelector(`[name="${CSS.escape(rows.dataset.rows)}-TOTAL_FORMS"]`);
        if (!total) return;
        event.preventDefault();
        const blank = rows.querySelector(":scope > template[data-blank]");
        const list = rows.querySelector(":scope > [data-list]");
        list.insertAdjacentHTML("beforeend", blank.innerHTML.replaceAll(rows.dataset.placeholder, total.value));
        total.value = String(Number(total.value) + 1);
        fitAll(list);
        const first = list.lastElementChild.querySelector("input:not([type=hidden]), select");
        if (first) first.focus();
    });

    fitAll(document);
})();
