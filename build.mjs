// Builds the browser's part: entry points are discovered, outputs are named by their content's hash,
// and manifest.json tells the server which name a page should ask for.
import * as esbuild from "esbuild";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";

const ROOT = dirname(fileURLToPath(import.meta.url));
const PAGES = "backend/core/pages";
const DIST = join(ROOT, PAGES, "static/dist");
const PUBLIC = "/static/dist/";
const SOURCE = /\.(ts|css|svg|png)$/;
const FONTS = {
  "fonts/latin.woff2": "atkinson-hyperlegible-next-latin-wght-normal",
  "fonts/latin-ext.woff2": "atkinson-hyperlegible-next-latin-ext-wght-normal",
};
// Safari 15.4 and Chrome 99 know cascade layers: phones of 2015 with their last update.
const TARGET = ["es2020", "chrome99", "firefox97", "safari15.4"];

/** Top-level sources of one client folder; a leading underscore marks a part that others import. */
function sources(folder, pattern) {
  const path = join(ROOT, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .filter((name) => pattern.test(name) && !name.startsWith("_") && !name.endsWith(".d.ts"))
    .map((name) => join(folder, name));
}

/** The name under which `asset()` finds each entry: bare for the design system, `room/name` for a room. */
function entries() {
  const found = {};
  for (const source of sources(`${PAGES}/client`, SOURCE)) {
    found[source] = basename(source).replace(/\.ts$/, ".js");
  }
  for (const room of readdirSync(join(ROOT, "backend"), { withFileTypes: true })) {
    if (!room.isDirectory()) continue;
    for (const source of sources(`backend/${room.name}/client`, SOURCE)) {
      found[source] = `${room.name}/${basename(source).replace(/\.ts$/, ".js")}`;
    }
  }
  return found;
}

/** The dark theme is written once, for the reader's choice; the device's wish gets the same block. */
const darkTheme = {
  name: "dark-theme",
  setup(build) {
    build.onLoad({ filter: /_tokens\.css$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      const [, block] = /\/\* dark:start \*\/([\s\S]*?)\/\* dark:end \*\//.exec(text);
      const wish = block.replace(':root[data-theme="dark"]', ':root:not([data-theme="light"])');
      // Paper is white: only screens turn dark.
      const contents = text
        .replace(block, `@media screen {${block}}`)
        .replace("/* dark:end */", `@media screen and (prefers-color-scheme: dark) {${wish}}`);
      return { contents, loader: "css", resolveDir: dirname(path) };
    });
  },
};

/** Workers are asked for at a fixed address by the browser, so they stand alone, without shared chunks. */
const isWorker = (source) => /worker\.ts$/.test(source);

function options(selected, extra) {
  return {
    absWorkingDir: ROOT,
    entryPoints: selected.map((source) => ({ in: source, out: outName(source) })),
    outdir: DIST,
    bundle: true,
    minify: true,
    sourcemap: "linked",
    target: TARGET,
    entryNames: "[name]-[hash]",
    chunkNames: "chunk-[name]-[hash]",
    assetNames: "[name]-[hash]",
    loader: { ".woff2": "file", ".png": "copy", ".svg": "copy" },
    plugins: [darkTheme],
    publicPath: PUBLIC,
    metafile: true,
    legalComments: "linked",
    logLevel: "warning",
    tsconfig: join(ROOT, "tsconfig.json"),
    ...extra,
  };
}

function outName(source) {
  const name = entries()[source] ?? basename(source);
  return name.replace("/", "--").replace(/\.(js|css|svg|png)$/, "");
}

async function build() {
  const names = entries();
  const all = Object.keys(names);
  rmSync(DIST, { recursive: true, force: true });
  mkdirSync(DIST, { recursive: true });
  const pages = all.filter((source) => !isWorker(source));
  const results = [await esbuild.build(options(pages, { format: "esm", splitting: true }))];
  const workers = all.filter(isWorker);
  if (workers.length) results.push(await esbuild.build(options(workers, { format: "iife" })));
  writeManifest(results, names);
}

function writeManifest(results, names) {
  const manifest = {};
  for (const { metafile } of results) {
    for (const [output, meta] of Object.entries(metafile.outputs)) {
      const file = relative(join(PAGES, "static"), output);
      if (meta.entryPoint && names[meta.entryPoint]) manifest[names[meta.entryPoint]] = file;
      // Parts that pages load later have no name of their own; a phone that keeps the pages needs them.
      if (!meta.entryPoint && output.endsWith(".js")) manifest[`chunks/${basename(output)}`] = file;
      const font = output.endsWith(".woff2") && Object.keys(meta.inputs)[0];
      if (!font) continue;
      for (const [name, stem] of Object.entries(FONTS)) {
        if (basename(font).startsWith(`${stem}.`)) manifest[name] = file;
      }
    }
  }
  compress();
  const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
  // Written beside and moved, so that a running server never reads half a manifest.
  const target = join(DIST, "manifest.json");
  writeFileSync(`${target}.new`, `${JSON.stringify(sorted, null, 2)}\n`);
  renameSync(`${target}.new`, target);
  for (const [name, file] of Object.entries(sorted)) {
    if (!/\.(js|css)$/.test(name)) continue;
    const size = gzipSync(readFileSync(join(ROOT, PAGES, "static", file)), { level: 9 }).length;
    console.log(`${name.padEnd(28)} ${(size / 1024).toFixed(1).padStart(6)} kB gz`);
  }
}

/** Leaves compressed copies beside what compresses, so that the smallest server sends few bytes too. */
function compress() {
  for (const name of readdirSync(DIST)) {
    if (!/\.(js|css|svg|txt)$/.test(name)) continue;
    const bytes = readFileSync(join(DIST, name));
    writeFileSync(join(DIST, `${name}.gz`), gzipSync(bytes, { level: 9 }));
    writeFileSync(join(DIST, `${name}.br`), brotliCompressSync(bytes));
  }
}

/** Copies the icons that `icons.txt` names out of lucide-static, so that pages need no node_modules. */
function copyIcons() {
  const list = readFileSync(join(ROOT, PAGES, "client/icons.txt"), "utf8");
  const icons = {};
  for (const name of list.split(/\s+/).filter(Boolean).sort()) {
    const svg = readFileSync(join(ROOT, "node_modules/lucide-static/icons", `${name}.svg`), "utf8");
    icons[name] = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace("</svg>", "").replace(/\s*\n\s*/g, "").replace(/ \/>/g, "/>");
  }
  const notice = "Icons from Lucide (lucide.dev), ISC licence, copyright Lucide Contributors; some from Feather, MIT, Cole Bemis.";
  writeFileSync(join(ROOT, PAGES, "icons.json"), `${JSON.stringify({ notice, icons }, null, 1)}\n`);
  console.log(`${Object.keys(icons).length} icons`);
}

if (process.argv.includes("--icons")) {
  copyIcons();
} else if (process.argv.includes("--watch")) {
  await build();
  const { watch } = await import("node:fs");
  let timer;
  for (const room of readdirSync(join(ROOT, "backend"))) {
    for (const folder of [`backend/${room}/client`, `backend/${room}/pages/client`]) {
      if (!existsSync(join(ROOT, folder))) continue;
      watch(join(ROOT, folder), { recursive: true }, () => {
        clearTimeout(timer);
        timer = setTimeout(() => build().catch((error) => console.error(error.message)), 100);
      });
    }
  }
} else {
  await build();
}
