// Filters of the guard table, which is complete without scripts.

PAGE.setUpGuards = function () {
  const table = byId("guard-table");
  if (!table) return;
  const group = byId("guard-group"), search = byId("guard-search"), show = byId("guard-switch");
  let shown = "all";
  const filter = () => {
    const wanted = search.value.trim().toLowerCase();
    let count = 0;
    for (const row of table.tBodies[0].rows) {
      const fits = (shown === "all" || row.dataset.status !== "passed") && (!group.value || row.dataset.group === group.value) && (!wanted || row.textContent.toLowerCase().includes(wanted));
      row.hidden = !fits;
      count += fits ? 1 : 0;
    }
    byId("guard-none").hidden = count > 0;
  };
  show.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    shown = button.dataset.show;
    press(show, (other) => other === button);
    filter();
  });
  group.addEventListener("change", filter);
  search.addEventListener("input", filter);
};
