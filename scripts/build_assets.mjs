// Copies the third-party front-end assets that pages use from node_modules to static/vendor.
// No bundler: the packages ship files a browser can use. Run after `npm ci`; safe to repeat.
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const modules = join(root, "node_modules");
const vendor = join(root, "static", "vendor");

const FONT_SUBSETS = ["vietnamese", "latin"];
const FONT_WEIGHTS = [400, 500, 600, 700];

async function copy(from, to) {
  const target = join(vendor, to);
  await mkdir(dirname(target), { recursive: true });
  await cp(join(modules, from), target);
}

// A source map that is not shipped would break hashed static files, which follow every reference.
async function copyWithoutSourceMap(from, to) {
  const text = await readFile(join(modules, from), "utf8");
  const target = join(vendor, to);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, text.replace(/\n?(\/\*|\/\/)# sourceMappingURL=.*$/m, "\n"));
}

async function buildBootstrap() {
  await copyWithoutSourceMap("bootstrap/dist/css/bootstrap.min.css", "bootstrap/bootstrap.min.css");
  await copy("bootstrap/LICENSE", "bootstrap/LICENSE");
}

async function buildFont() {
  const folder = "@fontsource/be-vietnam-pro";
  const ranges = JSON.parse(await readFile(join(modules, folder, "unicode.json"), "utf8"));
  const faces = [];
  for (const weight of FONT_WEIGHTS) {
    for (const subset of FONT_SUBSETS) {
      const file = `be-vietnam-pro-${subset}-${weight}-normal.woff2`;
      await copy(`${folder}/files/${file}`, `be-vietnam-pro/${file}`);
      faces.push(fontFace(weight, file, ranges[subset]));
    }
  }
  await copy(`${folder}/LICENSE`, "be-vietnam-pro/LICENSE");
  await writeFile(join(vendor, "be-vietnam-pro", "be-vietnam-pro.css"), faces.join("\n"));
}

function fontFace(weight, file, range) {
  return `@font-face {
  font-family: "Be Vietnam Pro";
  font-style: normal;
  font-weight: ${weight};
  font-display: swap;
  src: url("${file}") format("woff2");
  unicode-range: ${range};
}
`;
}

// One sprite of the icons named in static/casemgr/img/icons.json, and of no others.
async function buildIcons() {
  const list = join(root, "static", "casemgr", "img", "icons.json");
  const names = JSON.parse(await readFile(list, "utf8"));
  const symbols = await Promise.all(names.map(iconSymbol));
  await mkdir(join(vendor, "icons"), { recursive: true });
  await writeFile(
    join(vendor, "icons", "icons.svg"),
    `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`,
  );
  await copy("bootstrap-icons/LICENSE", "icons/LICENSE");
}

async function iconSymbol(name) {
  const svg = await readFile(join(modules, "bootstrap-icons", "icons", `${name}.svg`), "utf8");
  const [, viewBox] = svg.match(/viewBox="([^"]+)"/);
  const [, shapes] = svg.match(/<svg[^>]*>([\s\S]*)<\/svg>/);
  return `<symbol id="${name}" viewBox="${viewBox}">${shapes.trim()}</symbol>`;
}

async function buildProofOfWork() {
  await copyWithoutSourceMap("altcha/dist/external/altcha.min.js", "altcha/altcha.min.js");
  await copy("altcha/dist/external/altcha.css", "altcha/altcha.css");
  for (const worker of ["sha", "pbkdf2"]) {
    await copyWithoutSourceMap(`altcha/dist/workers/${worker}.js`, `altcha/${worker}.worker.js`);
  }
  await copy("altcha/LICENSE.txt", "altcha/LICENSE.txt");
}

await rm(vendor, { recursive: true, force: true });
await Promise.all([buildBootstrap(), buildFont(), buildIcons(), buildProofOfWork()]);
