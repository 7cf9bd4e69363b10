import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { PortalIndex } from '../functions/publicity/portal/portal-files.ts';

const web = fileURLToPath(new URL('../web', import.meta.url));

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  // Encodings of characters, for PDFs without fonts of their own.
  '.bcmap': 'application/octet-stream',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
  '.docx': 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
};

/** What a browser has to load of scripts before it shows the first page, compressed: a slow line takes half a second for it. */
const scriptBudget = 120 * 1024;

/** @throws Error where the first page has grown too heavy. */
function requireLight(built: string): void {
  const html = readFileSync(join(built, 'index.html'), 'utf8');
  const scripts = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map(([, path = '']) => path);
  const bytes = scripts.reduce(
    (sum, path) => sum + gzipSync(readFileSync(join(built, path)), { level: 9 }).length,
    0,
  );
  if (scripts.length === 0 || bytes > scriptBudget) {
    throw new Error(`the first page loads ${bytes} bytes of scripts, and ${scriptBudget} are its budget`);
  }
}

/** From so many bytes on a file is worth compressing. */
const worthPacking = 1024;

/**
 * Builds the portal into a directory, as its door reads it: `files/` with every file in each of its codings, and
 * `index.json`, which lists them. @throws Error with the compiler's messages.
 */
export async function buildPortal(directory: string): Promise<void> {
  // Loaded when it is needed: most syntheses find the portal built.
  const { build } = await import('vite');
  const built = join(directory, 'files');
  const { NODE_ENV: before } = process.env;
  // Whoever builds it, a test runner too: what is built is what people get.
  process.env['NODE_ENV'] = 'production';
  try {
    const configFile = join(web, 'vite.config.ts');
    await build({ root: web, configFile, logLevel: 'error', build: { outDir: built, emptyOutDir: true } });
  } finally {
    if (before === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = before;
  }
  requireLight(built);
  const index: Record<string, PortalIndex[string]> = {};
  for (const entry of readdirSync(built, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const bytes = readFileSync(file);
    const type = types[extname(file)];
    if (type === undefined) throw new Error(`the portal has a file of a kind that nobody serves: ${file}`);
    const isText = !/^(font|application)\//.test(type) && bytes.length >= worthPacking;
    if (isText) {
      writeFileSync(`${file}.br`, brotliCompressSync(bytes));
      writeFileSync(`${file}.gzip`, gzipSync(bytes, { level: 9 }));
    }
    index[`/${relative(built, file).split(sep).join('/')}`] = {
      type,
      hash: createHash('sha256').update(bytes).digest('hex').slice(0, 20),
      codings: isText ? ['br', 'gzip'] : [],
    };
  }
  mkdirSync(dirname(join(directory, 'index.json')), { recursive: true });
  writeFileSync(join(directory, 'index.json'), JSON.stringify(index));
}
