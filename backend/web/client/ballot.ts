/** A ballot that says while one fills it in how much of the money is chosen. */

import { all, language, word } from "@pages/_dom";

const money = (amount: number): string => new Intl.NumberFormat(language).format(amount);

for (const pot of all("[data-pot]")) {
  const left = pot.querySelector<HTMLElement>("[data-left]");
  if (!left) continue;
  const budget = Number(pot.dataset.budget);
  const update = (): void => {
    const chosen = all<HTMLInputElement>("[data-cost]:checked", pot);
    const sum = chosen.reduce((total, box) => total + Number(box.dataset.cost), 0);
    left.textContent = word(left, "chosen", money(sum));
    left.classList.toggle("ballot__left--over", sum > budget);
  };
  pot.addEventListener("change", update);
  update();
}
