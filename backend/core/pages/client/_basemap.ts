/** The city drawn by ourselves: districts, water, parks and streets from the city's own files; no tile server. */

import * as L from "leaflet";
import { json, word } from "./_dom";

type Shapes = GeoJSON.FeatureCollection;

/** A colour of the present theme by its token. */
export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

const STREET_WIDTH: Record<string, number> = { motorway: 5, main: 4, primary: 4, secondary: 3, path: 1 };

function baseStyle(feature?: GeoJSON.Feature): L.PathOptions {
  const kind = String(feature?.properties?.kind ?? "street");
  const type = feature?.geometry.type ?? "";
  if (kind === "water" || kind === "park" || kind === "green" || kind === "building") {
    const colour = token(kind === "water" ? "map-water" : kind === "building" ? "line" : "map-green");
    const line = type.includes("Line");
    return { stroke: line, weight: 6, color: colour, fill: !line, fillColor: colour, fillOpacity: 1 };
  }
  const weight = STREET_WIDTH[String(feature?.properties?.class ?? kind)] ?? 2;
  return { color: token("map-street"), weight, opacity: 1, fill: false, lineCap: "round" };
}

function landStyle(): L.PathOptions {
  return { stroke: false, fillColor: token("map-land"), fillOpacity: 1 };
}

function districtStyle(): L.PathOptions {
  return { color: token("map-line"), weight: 1.5, fill: false, opacity: 1, lineJoin: "round" };
}

/** A map in the element's canvas, with the city under it; a layer that cannot be had is left out. */
export function createMap(element: HTMLElement, canvas: HTMLElement): L.Map {
  const still = element.hasAttribute("data-still");
  const reduced = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(canvas, {
    zoomControl: false,
    attributionControl: false,
    minZoom: 9,
    maxZoom: 19,
    zoomSnap: 0.25,
    keyboard: !still,
    scrollWheelZoom: false,
    zoomAnimation: !reduced,
    fadeAnimation: !reduced,
    markerZoomAnimation: !reduced,
    dragging: !still,
  });
  if (!still) {
    L.control.zoom({ zoomInTitle: word(element, "in"), zoomOutTitle: word(element, "out") }).addTo(map);
    // The wheel zooms only once the reader has taken hold of the map.
    map.on("focus", () => map.scrollWheelZoom.enable());
    map.on("blur", () => map.scrollWheelZoom.disable());
  }
  const bounds = element.dataset.bounds?.split(",").map(Number);
  if (bounds?.length === 4) {
    const [west, south, east, north] = bounds as [number, number, number, number];
    map.fitBounds([
      [south, west],
      [north, east],
    ]);
  } else {
    map.setView([0, 0], 12);
  }
  void drawCity(element, map);
  return map;
}

async function shapes(url: string | undefined): Promise<Shapes | undefined> {
  if (!url) return undefined;
  try {
    return await json<Shapes>(url);
  } catch {
    return undefined;
  }
}

async function drawCity(element: HTMLElement, map: L.Map): Promise<void> {
  const [districts, base] = await Promise.all([shapes(element.dataset.districtsUrl), shapes(element.dataset.baseUrl)]);
  const painted: [L.GeoJSON, L.StyleFunction][] = [];
  const paint = (what: Shapes | undefined, name: string, style: L.StyleFunction): void => {
    if (!what) return;
    const pane = map.createPane(name);
    pane.style.zIndex = String(150 + painted.length);
    pane.style.pointerEvents = "none";
    // Half a screen more on each side is drawn, so that a short drag shows no bare edge.
    const renderer = L.canvas({ pane: name, padding: 0.5 });
    const options = { style, pane: name, interactive: false, renderer } as L.GeoJSONOptions;
    painted.push([L.geoJSON(what, options).addTo(map), style]);
  };
  paint(districts, "land", landStyle);
  paint(base, "city", baseStyle);
  paint(districts, "districts", districtStyle);
  if (districts && districts.features.length > 1) nameDistricts(map, districts);
  const restyle = (): void => painted.forEach(([layer, style]) => layer.setStyle(style));
  document.addEventListener("vox:theme", restyle);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", restyle);
}

/** Names stand in the middle of their district, once there is room for them. */
function nameDistricts(map: L.Map, districts: Shapes): void {
  const names = L.layerGroup();
  for (const feature of districts.features) {
    const name = feature.properties?.name;
    if (typeof name !== "string") continue;
    const middle = L.geoJSON(feature).getBounds().getCenter();
    const label = document.createElement("span");
    label.textContent = name;
    names.addLayer(
      L.marker(middle, {
        icon: L.divIcon({ className: "map-name", html: label, iconSize: [0, 0] }),
        interactive: false,
        keyboard: false,
        pane: "districts",
      }),
    );
  }
  const update = (): void => {
    if (map.getZoom() >= 12) names.addTo(map);
    else names.remove();
  };
  map.on("zoomend", update);
  update();
}
