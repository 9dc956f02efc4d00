/** Choose a place: tap, drag, arrow keys, the device's own position, or simply the address above. */

import * as L from "leaflet";
import { createMap } from "./_basemap";
import { calm, json, word } from "./_dom";

interface Found {
  label: string;
  lat: number;
  lon: number;
}

interface Near {
  label?: string;
  inside?: boolean;
}

class PlacePicker {
  private readonly map: L.Map;
  private readonly lat: HTMLInputElement;
  private readonly lon: HTMLInputElement;
  private readonly address: HTMLInputElement;
  private readonly status: HTMLElement;
  private marker: L.Marker | undefined;
  private written = "";

  constructor(
    private readonly element: HTMLElement,
    canvas: HTMLElement,
  ) {
    this.lat = element.querySelector("[data-pin-lat]") as HTMLInputElement;
    this.lon = element.querySelector("[data-pin-lon]") as HTMLInputElement;
    this.address = element.querySelector("input.input") as HTMLInputElement;
    this.status = element.querySelector("[data-pin-status]") as HTMLElement;
    canvas.setAttribute("role", "application");
    canvas.setAttribute("aria-label", word(element, "map"));
    this.map = createMap(element, canvas);
    this.map.on("click", (event) => this.put(event.latlng, true));
    if (this.lat.value && this.lon.value) {
      const at = L.latLng(Number(this.lat.value), Number(this.lon.value));
      this.put(at, false);
      this.map.setView(at, 16);
    }
    const here = element.querySelector<HTMLElement>("[data-pin-here]");
    here?.addEventListener("click", () => this.locate());
    here?.removeAttribute("hidden");
    this.address.addEventListener("change", () => void this.lookUp());
    // On a slow line the address may have been written before this part arrived.
    if (!this.lat.value && document.activeElement !== this.address) void this.lookUp();
    document.addEventListener("vox:place", (event) => {
      const { lat, lon } = (event as CustomEvent<{ lat: number; lon: number }>).detail;
      this.put(L.latLng(lat, lon), true);
      this.map.setView([lat, lon], 17);
    });
  }

  /** Sets the pin and tells the form; asks the server what is there. */
  private put(at: L.LatLng, ask: boolean): void {
    this.lat.value = at.lat.toFixed(6);
    this.lon.value = at.lng.toFixed(6);
    if (this.marker) this.marker.setLatLng(at);
    else this.marker = this.make(at);
    if (ask) {
      this.status.textContent = word(this.element, "chosen");
      this.askNear();
    }
    this.element.dispatchEvent(new CustomEvent("vox:pinned", { bubbles: true, detail: { lat: at.lat, lon: at.lng } }));
  }

  private make(at: L.LatLng): L.Marker {
    const shape = document.createElement("template");
    shape.innerHTML =
      '<svg viewBox="0 0 40 52" aria-hidden="true"><path class="map-pin__body" d="M20 50C8.5 35.5 3 27 3 19a17 17 0 0 1 34 0c0 8-5.5 16.5-17 31z"/><circle class="map-pin__eye" cx="20" cy="19" r="6.5"/></svg>';
    const marker = L.marker(at, {
      draggable: true,
      autoPan: true,
      icon: L.divIcon({
        className: "map-pin map-pin--mine",
        html: shape.content.firstElementChild as HTMLElement,
        iconSize: [40, 52],
        iconAnchor: [20, 50],
      }),
      alt: word(this.element, "pin"),
    }).addTo(this.map);
    marker.on("dragend", () => this.put(marker.getLatLng(), true));
    const handle = marker.getElement();
    handle?.setAttribute("aria-label", word(this.element, "pin"));
    handle?.addEventListener("keydown", (event) => this.nudge(event, marker));
    return marker;
  }

  /** An arrow moves the pin by ten pixels, with Shift by one. */
  private nudge(event: KeyboardEvent, marker: L.Marker): void {
    const side = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!side) return;
    event.preventDefault();
    event.stopPropagation();
    const step = event.shiftKey ? 1 : 10;
    const point = this.map.latLngToContainerPoint(marker.getLatLng());
    const at = this.map.containerPointToLatLng(point.add([(side[0] ?? 0) * step, (side[1] ?? 0) * step]));
    this.put(at, true);
    this.map.panInside(at, { padding: [40, 60] });
  }

  private locate(): void {
    const say = (name: string, n?: number): void => {
      this.status.textContent = word(this.element, name, n);
    };
    if (!navigator.geolocation) {
      say("lost");
      return;
    }
    say("locating");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const at = L.latLng(coords.latitude, coords.longitude);
        this.put(at, true);
        this.map.setView(at, coords.accuracy > 200 ? 15 : 17);
        say("found", Math.round(coords.accuracy));
      },
      () => say("lost"),
      { enableHighAccuracy: true, timeout: 12_000, maximumAge: 30_000 },
    );
  }

  /** The address moves the pin. */
  private async lookUp(): Promise<void> {
    const template = this.element.dataset.lookupUrl;
    const text = this.address.value.trim();
    if (!template || text.length < 3 || text === this.written) return;
    const url = new URL(template, location.href);
    url.searchParams.set("q", text);
    try {
      const [best] = await json<Found[]>(url);
      if (!best) return;
      this.put(L.latLng(best.lat, best.lon), false);
      this.map.setView([best.lat, best.lon], 17);
      this.status.textContent = best.label;
    } catch {
      // The written address is sent as it is; the server looks it up.
    }
  }

  /** The pin writes the address, unless the person has written one. */
  private readonly askNear = calm(400, () => void this.near());

  private async near(): Promise<void> {
    const template = this.element.dataset.nearestUrl;
    if (!template) return;
    const url = new URL(template, location.href);
    url.searchParams.set("lat", this.lat.value);
    url.searchParams.set("lon", this.lon.value);
    try {
      const near = await json<Near>(url);
      if (near.inside === false) this.status.textContent = word(this.element, "outside");
      else if (near.label) this.status.textContent = near.label;
      if (near.label && (!this.address.value || this.address.value === this.written)) {
        this.address.value = near.label;
        this.written = near.label;
      }
    } catch {
      // Without an answer the coordinates are enough.
    }
  }
}

/** Begins a picker in an element that the macro `place_picker` wrote. */
export function start(element: HTMLElement): void {
  const canvas = element.querySelector<HTMLElement>("[data-pin-canvas]");
  if (canvas) new PlacePicker(element, canvas);
}
