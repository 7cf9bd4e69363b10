import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string(),
      license: z.string().default('not stated'),
      dev: z.boolean().default(false),
      optional: z.boolean().default(false),
      devOptional: z.boolean().default(false),
    }),
  ),
});

const manifestSchema = z.object({
  author: z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]).default(''),
});

const noticeFile = /^(licen[cs]e|notice|third.party)/i;
const copyrightLine = /^\W*(copyright (?:\(c\)|©|\d).*)$/im;
const apacheText = /^ *Apache License\n.*?END OF TERMS AND CONDITIONS/ms;

/**
 * The page of third-party notices: what the functions' bundles are made of, by package-lock.json. The bundler strips
 * licences out of the code, so they are kept here. It leaves whole packages out too; the page names all that may be in
 * a bundle, and so depends on the lock file alone.
 * @param root the repository, with its production dependencies installed; whatever else is missing does not matter
 * @throws Error when a production dependency is not installed
 */
export function thirdPartyNotices(root: string): string {
  const { packages } = lockSchema.parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));
  const shipped = Object.entries(packages)
    .filter(([place, { dev, optional, devOptional }]) => place !== '' && !dev && !optional && !devOptional)
    .map(([place, { version, license }]) => ({ version, license, ...readNotice(root, place) }));
  const rows = shipped.map((one) => `| ${one.name} | ${one.version} | ${one.license} | ${one.copyright} |`);
  const texts = shipped
    .filter(({ license, text }) => license !== 'Apache-2.0' && text !== '')
    .map(({ name, version, text }) => `\n## ${name} ${version}\n\n~~~text\n${text}\n~~~\n`);
  return `# Third-party notices

Written by \`npm run pages\` from \`package-lock.json\`, not by hand. The functions' bundles hold code of these packages.
What only builds or tests the system, or runs it on a laptop, is not in them and not on this page.

| package | version | licence | copyright |
|---|---|---|---|
${rows.join('\n')}

The text of Apache-2.0 is in [LICENSE](../LICENSE). The texts of the other licences follow; a package under MIT that holds
none is under the same words as the others.
${texts.join('')}`;
}

/** What a package says of its authors and its licence; the text of Apache-2.0 is left out, since it is our own. */
function readNotice(root: string, place: string): { name: string; copyright: string; text: string } {
  const folder = join(root, place);
  if (!existsSync(folder)) throw new Error(`${place} is not installed: run npm ci`);
  const text = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && noticeFile.test(entry.name))
    .map(({ name }) => name)
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n').trim())
    .join('\n\n')
    .replace(apacheText, '[the text of Apache-2.0]');
  const { author } = manifestSchema.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
  return {
    name: place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length),
    copyright: copyrightLine.exec(text)?.[1] ?? author,
    text,
  };
}
