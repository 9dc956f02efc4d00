/** The map beside a list: the same things, found by place. */

import * as L from "leaflet";
import { createMap } from "./_basemap";
import { all, calm, json, word } from "./_dom";

interface Thing {
  id: string;
  title: string;
  href: string;
  hue: string;
  status: string;
  count: number;
  at: L.LatLng;
}

const HUES = ["new", "busy", "waiting", "done", "closed"];
/** Closer than this, in pixels, points become one disc. */
const NEAR = 38;

function thingOf(feature: GeoJSON.Feature): Thing | undefined {
  if (feature.geometry?.type !== "Point") return undefined;
  const [lon, lat] = feature.geometry.coordinates as [number, number];
  const told = feature.properties ?? {};
  return {
    id: String(told.id ?? feature.id ?? ""),
    title: String(told.title ?? ""),
    href: String(told.href ?? ""),
    hue: HUES.includes(told.hue) ? String(told.hue) : "closed",
    status: String(told.status ?? ""),
    count: Number(told.count ?? 1),
    at: L.latLng(lat, lon),
  };
}

/** The same signs as beside the word of a state, drawn around 14, 13. */
const SIGNS: Record<string, string> = {
  new: '<circle class="map-pin__sign" cx="14" cy="13" r="4"/>',
  busy: '<circle class="map-pin__sign" cx="14" cy="13" r="4.5"/><path class="map-pin__sign--full" d="M14 8.5a4.5 4.5 0 0 1 0 9z"/>',
  waiting: '<path class="map-pin__sign" d="M11.7 9.5v7m4.6-7v7"/>',
  done: '<path class="map-pin__sign" d="m10 13.3 2.8 2.8 5.2-5.8"/>',
  closed: '<path class="map-pin__sign" d="M10 13h8"/>',
};

function pinIcon(thing: Thing): L.DivIcon {
  const svg = document.createElement("template");
  svg.innerHTML = `<svg viewBox="0 0 28 36" aria-hidden="true"><path class="map-pin__body" d="M14 34.5C6 24.5 2 18.6 2 13a12 12 0 0 1 24 0c0 5.6-4 11.5-12 21.5z"/>${SIGNS[thing.hue] ?? ""}</svg>`;
  return L.divIcon({
    className: `map-pin map-pin--${thing.hue}`,
    html: svg.content.firstElementChild as HTMLElement,
    iconSize: [28, 36],
    iconAnchor: [14, 35],
    popupAnchor: [0, -32],
  });
}

function discIcon(count: number): L.DivIcon {
  const size = Math.round(Math.min(64, 27 + 7 * Math.log2(count) ** 0.9));
  const number = document.createElement("span");
  number.textContent = new Intl.NumberFormat(document.documentElement.lang || "en", {
    notation: count > 9999 ? "compact" : "standard",
  }).format(count);
  return L.divIcon({ className: "map-disc", html: number, iconSize: [size, size] });
}

class ReportMap {
  private readonly map: L.Map;
  private readonly layer = L.layerGroup();
  private readonly markers = new Map<string, L.Marker>();
  private readonly list: HTMLElement | null;
  private things: Thing[] = [];
  private asked: AbortController | undefined;

  constructor(
    private readonly element: HTMLElement,
    canvas: HTMLElement,
  ) {
    this.map = createMap(element, canvas);
    this.layer.addTo(this.map);
    this.list = document.getElementById(element.dataset.list ?? "");
    this.map.on("zoomend", () => this.draw());
    this.listenToList();
    canvas.addEventListener("keydown", (event) => this.walk(event));
    if (element.dataset.lat) this.single();
    else void this.load(true);
    if (element.hasAttribute("data-follow")) this.map.on("moveend", calm(250, () => void this.load(false)));
  }

  /** One thing alone, such as on its own page. */
  private single(): void {
    const at = L.latLng(Number(this.element.dataset.lat), Number(this.element.dataset.lon));
    const hue = this.element.dataset.hue ?? "new";
    this.map.setView(at, 16);
    this.things = [{ id: "", title: "", href: "", hue, status: "", count: 1, at }];
    this.draw();
  }

  private async load(first: boolean): Promise<void> {
    const url = new URL(this.element.dataset.geojsonUrl ?? "", location.href);
    if (this.element.hasAttribute("data-follow")) {
      url.searchParams.set("bbox", this.map.getBounds().toBBoxString());
      url.searchParams.set("zoom", String(Math.round(this.map.getZoom())));
    }
    this.asked?.abort();
    this.asked = new AbortController();
    try {
      const answer = await json<GeoJSON.FeatureCollection>(url, this.asked.signal);
      this.things = answer.features.map(thingOf).filter((thing) => thing !== undefined);
    } catch (error) {
      if ((error as Error).name !== "AbortError") this.fail();
      return;
    }
    if (first && !this.element.dataset.bounds && this.things.length) {
      this.map.fitBounds(L.latLngBounds(this.things.map((thing) => thing.at)).pad(0.1), { maxZoom: 16 });
    }
    this.draw();
  }

  private fail(): void {
    if (this.element.querySelector(".mapbox__failed")) return;
    const note = document.createElement("p");
    note.className = "mapbox__failed";
    note.setAttribute("role", "status");
    note.textContent = word(this.element, "failed");
    this.element.append(note);
  }

  /** Puts near ones together, so that nothing covers anything; at the closest, each stands alone. */
  private gathered(): Thing[][] {
    const zoom = this.map.getZoom();
    if (zoom >= 18) return this.things.map((thing) => [thing]);
    const groups: { at: L.Point; things: Thing[] }[] = [];
    // The server's clusters first: what is near to them joins them.
    for (const thing of [...this.things].sort((a, b) => b.count - a.count)) {
      const at = this.map.project(thing.at, zoom);
      const near = groups.find((group) => group.at.distanceTo(at) < NEAR);
      if (near) near.things.push(thing);
      else groups.push({ at, things: [thing] });
    }
    return groups.map((group) => group.things);
  }

  private draw(): void {
    const focused = document.activeElement?.getAttribute("data-marker");
    this.layer.clearLayers();
    this.markers.clear();
    for (const group of this.gathered()) {
      const first = group[0] as Thing;
      const count = group.reduce((sum, thing) => sum + thing.count, 0);
      const marker = count > 1 ? this.disc(group, count) : this.pin(first);
      marker.addTo(this.layer);
      const shape = marker.getElement();
      shape?.setAttribute("data-marker", first.id);
      // One stop on the tab's way; the arrow keys go from marker to marker.
      shape?.setAttribute("tabindex", "-1");
      for (const thing of group) this.markers.set(thing.id, marker);
      if (focused && focused === first.id) shape?.focus();
    }
    this.layer.getLayers().forEach((marker, i) => i === 0 && (marker as L.Marker).getElement()?.setAttribute("tabindex", "0"));
  }

  private disc(group: Thing[], count: number): L.Marker {
    const at = L.latLngBounds(group.map((thing) => thing.at));
    const marker = L.marker(at.getCenter(), {
      icon: discIcon(count),
      alt: word(this.element, "cluster", count),
      riseOnHover: true,
    });
    const open = (): void => {
      if (group.length > 1) this.map.fitBounds(at.pad(0.3), { maxZoom: this.map.getZoom() + 3 });
      else this.map.setView(at.getCenter(), Math.min(this.map.getZoom() + 2, 18));
    };
    marker.on("click", open);
    marker.on("keypress", (event) => event.originalEvent.key === "Enter" && open());
    marker.on("add", () => marker.getElement()?.setAttribute("aria-label", word(this.element, "cluster", count)));
    return marker;
  }

  private pin(thing: Thing): L.Marker {
    const marker = L.marker(thing.at, {
      icon: pinIcon(thing),
      alt: thing.title,
      riseOnHover: true,
      interactive: Boolean(thing.href),
      keyboard: Boolean(thing.href),
    });
    if (!thing.href) return marker;
    marker.on("add", () => {
      const shape = marker.getElement();
      shape?.setAttribute("aria-label", [thing.title, thing.status].filter(Boolean).join(", "));
      shape?.addEventListener("mouseenter", () => this.mark(thing.id));
      shape?.addEventListener("focus", () => this.mark(thing.id));
      shape?.addEventListener("mouseleave", () => this.mark(undefined));
    });
    marker.bindPopup(() => card(thing), { closeButton: false, maxWidth: 260, autoPanPadding: [24, 24] });
    return marker;
  }

  /** The list's line and the marker light up together. */
  private mark(id: string | undefined): void {
    for (const item of all("[data-id]", this.list ?? this.element)) {
      item.classList.toggle("item--current", item.dataset.id === id);
    }
    for (const [key, marker] of this.markers) marker.getElement()?.classList.toggle("is-marked", key === id);
  }

  private listenToList(): void {
    for (const kind of ["mouseover", "focusin"] as const) {
      this.list?.addEventListener(kind, (event) => {
        const id = (event.target as Element).closest<HTMLElement>("[data-id]")?.dataset.id;
        for (const [key, marker] of this.markers) marker.getElement()?.classList.toggle("is-marked", key === id);
      });
    }
  }

  /** From a marker, an arrow goes to the nearest one on that side. */
  private walk(event: KeyboardEvent): void {
    const side = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const here = (event.target as Element).closest<HTMLElement>("[data-marker]");
    if (!side || !here) return;
    event.preventDefault();
    event.stopPropagation();
    const from = here.getBoundingClientRect();
    let best: HTMLElement | undefined;
    let least = Infinity;
    for (const other of all("[data-marker]", this.element)) {
      const to = other.getBoundingClientRect();
      const along = (to.x - from.x) * (side[0] ?? 0) + (to.y - from.y) * (side[1] ?? 0);
      const across = Math.abs((to.x - from.x) * (side[1] ?? 0)) + Math.abs((to.y - from.y) * (side[0] ?? 0));
      if (along > 2 && along + 2 * across < least) {
        least = along + 2 * across;
        best = other;
      }
    }
    best?.focus();
  }
}

function card(thing: Thing): HTMLElement {
  const box = document.createElement("div");
  const link = document.createElement("a");
  link.href = thing.href;
  link.textContent = thing.title;
  box.append(link);
  if (thing.status) {
    const state = document.createElement("p");
    state.className = `status status--${thing.hue}`;
    state.textContent = thing.status;
    box.append(state);
  }
  return box;
}

/** Begins a map in an element that the macro `map` or `map_point` wrote. */
export function start(element: HTMLElement): void {
  const canvas = element.querySelector<HTMLElement>(".mapbox__canvas");
  if (canvas) new ReportMap(element, canvas);
}
