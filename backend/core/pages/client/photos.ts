/** Photos are made small on the phone before they travel, shown, and may say where they were taken. */

import { make, word } from "./_dom";
import { readTaken } from "./_exif";

const LONGEST = 2048;
const QUALITY = 0.86;

/** A copy of at most 2048 px without metadata; the original where the browser cannot read it (HEIC). */
export async function scaleDown(file: File): Promise<File> {
  let picture: ImageBitmap;
  try {
    picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return file;
  }
  const factor = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * factor);
  canvas.height = Math.round(picture.height * factor);
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  if (!blob) return file;
  const stem = file.name.replace(/\.[^.]+$/, "") || "photo";
  return new File([blob], `${stem}.jpg`, { type: "image/jpeg", lastModified: file.lastModified });
}

class Photos {
  private readonly input: HTMLInputElement;
  private readonly list = make("ul", { class: "previews" });
  private readonly note = make("p", { class: "small muted", role: "status" });
  private files: File[] = [];

  constructor(private readonly box: HTMLElement) {
    this.input = box.querySelector('input[type="file"]') as HTMLInputElement;
    const frame = box.querySelector<HTMLElement>(".upload") ?? box;
    frame.after(this.note, this.list);
    this.input.addEventListener("change", () => void this.add(Array.from(this.input.files ?? [])));
    frame.addEventListener("dragover", (event) => {
      event.preventDefault();
      frame.classList.add("upload--over");
    });
    frame.addEventListener("dragleave", () => frame.classList.remove("upload--over"));
    frame.addEventListener("drop", (event) => {
      event.preventDefault();
      frame.classList.remove("upload--over");
      void this.add(Array.from(event.dataTransfer?.files ?? []).filter((file) => file.type.startsWith("image/")));
    });
  }

  private async add(chosen: File[]): Promise<void> {
    const most = Number(this.box.dataset.max ?? 5);
    const room = Math.max(0, most - this.files.length);
    this.note.textContent = chosen.length > room ? word(this.box, "many") : "";
    this.box.setAttribute("aria-busy", "true");
    for (const file of chosen.slice(0, room)) {
      const taken = await readTaken(file);
      this.files.push(await scaleDown(file));
      if (taken.lat !== undefined && taken.lon !== undefined) this.offer(taken.lat, taken.lon);
    }
    this.box.removeAttribute("aria-busy");
    this.show();
  }

  /** Puts the small copies into the form and shows them. */
  private show(): void {
    const carrier = new DataTransfer();
    this.files.forEach((file) => carrier.items.add(file));
    this.input.files = carrier.files;
    this.list.replaceChildren(...this.files.map((file, i) => this.preview(file, i)));
    this.box.dispatchEvent(new CustomEvent("vox:photos", { bubbles: true, detail: this.files }));
  }

  private preview(file: File, i: number): HTMLLIElement {
    const image = make("img", { alt: word(this.box, "photo", i + 1) });
    const address = URL.createObjectURL(file);
    image.src = address;
    image.addEventListener("load", () => URL.revokeObjectURL(address));
    const line = make("li", {}, image);
    image.addEventListener("error", () => image.replaceWith(make("p", {}, word(this.box, "unseen"))));
    const remove = make("button", { type: "button", class: "linkbutton" }, word(this.box, "remove", i + 1));
    remove.addEventListener("click", () => {
      this.files.splice(i, 1);
      this.show();
      this.input.focus();
    });
    line.append(remove);
    return line;
  }

  /** The place is offered, never taken: the person decides. */
  private offer(lat: number, lon: number): void {
    if (!document.querySelector("[data-pin]")) return;
    const use = make("button", { type: "button", class: "linkbutton" }, word(this.box, "use"));
    use.addEventListener("click", () => {
      document.dispatchEvent(new CustomEvent("vox:place", { detail: { lat, lon } }));
      this.note.replaceChildren();
    });
    this.note.replaceChildren(`${word(this.box, "place")} `, use);
  }
}

/** Begins with an element that the macro `photos_field` wrote. */
export function start(element: HTMLElement): void {
  new Photos(element);
}
