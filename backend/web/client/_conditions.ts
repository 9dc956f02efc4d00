/** Questions that depend on the answer to another one. */

import { all } from "@pages/_dom";

/** Shows a question only while the answer that it depends on is chosen. */
export function conditions(root: ParentNode = document): void {
  const questions = all("[data-when]", root);
  const form = questions[0]?.closest("form");
  if (!form) return;
  const update = (): void => {
    const given = new FormData(form);
    for (const question of questions) {
      const wanted = (question.dataset.whenIs ?? "").split("|");
      const answers = given.getAll(question.dataset.when ?? "").map(String);
      question.hidden = !answers.some((answer) => wanted.includes(answer));
    }
  };
  form.addEventListener("change", update);
  update();
}
