"use strict";
(() => {
  // Nothing here makes markup of text: figures are shown, hidden and cloned as they are.
  document.documentElement.classList.add("scripted");
  const galleries = [...document.querySelectorAll(".gallery")];
  const figures = (gallery) => [...gallery.querySelectorAll("figure")].filter((figure) => !figure.hidden);
  const bar = (gallery) => gallery.parentElement.querySelector(".filters");
  const buttons = (gallery) => [...(bar(gallery)?.querySelectorAll("button") ?? [])];

  function show(gallery, kind) {
    for (const figure of gallery.querySelectorAll("figure")) figure.hidden = kind !== "" && figure.dataset.kind !== kind;
    for (const button of buttons(gallery)) button.setAttribute("aria-pressed", String(button.dataset.show === kind));
  }

  const dialog = document.createElement("dialog");
  const stage = document.createElement("div");
  const count = document.createElement("p");
  dialog.className = "light";
  dialog.tabIndex = -1;
  count.className = "count";
  dialog.append(count, stage);
  document.body.append(dialog);
  let open = null;

  function view(figure) {
    const all = figures(figure.closest(".gallery"));
    const copy = figure.cloneNode(true);
    copy.removeAttribute("tabindex");
    for (const details of copy.querySelectorAll("details")) details.open = true;
    stage.replaceChildren(copy);
    count.textContent = `${all.indexOf(figure) + 1} of ${all.length}`;
    open = figure;
    if (!dialog.open) dialog.showModal();
    dialog.focus();
    dialog.scrollTop = 0;
  }

  function step(figure, by) {
    const all = figures(figure.closest(".gallery"));
    return all[Math.max(0, Math.min(all.length - 1, all.indexOf(figure) + by))];
  }

  for (const gallery of galleries) {
    for (const button of buttons(gallery)) button.addEventListener("click", () => show(gallery, button.dataset.show));
    gallery.addEventListener("click", (event) => {
      const figure = event.target.closest("figure");
      if (figure && !event.target.closest("details")) view(figure);
    });
  }
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => open?.focus());

  const steps = { ArrowRight: 1, ArrowLeft: -1, j: 1, k: -1 };
  function current() {
    const visible = (gallery) => gallery.getBoundingClientRect().bottom > 0;
    return document.activeElement?.closest?.(".gallery") ?? galleries.find(visible) ?? galleries[0];
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !galleries.length) return;
    const focused = document.activeElement?.closest?.("figure");
    if (event.key in steps) {
      event.preventDefault();
      if (dialog.open) return view(step(open, steps[event.key]));
      const next = focused ? step(focused, steps[event.key]) : figures(current())[0];
      next?.focus();
      next?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && !dialog.open && focused && document.activeElement === focused) {
      event.preventDefault();
      view(focused);
    } else if (/^[0-9]$/.test(event.key) && !dialog.open) {
      const button = buttons(current())[Number(event.key)];
      if (button) show(current(), button.dataset.show);
    }
  });
})();
