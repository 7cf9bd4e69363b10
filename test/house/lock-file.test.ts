import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';

const root = join(import.meta.dirname, '../..');
const LockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string(),
      integrity: z.string().optional(),
      resolved: z.string().optional(),
      inBundle: z.boolean().optional(),
    }),
  ),
});
const { packages } = LockSchema.parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));
const locked = Object.entries(packages).filter(([place]) => place !== '');

const nameOf = ([place, { version }]: (typeof locked)[number]) =>
  `${place.slice(place.lastIndexOf('node_modules/') + 13)}@${version}`;

/** Binaries of a database of this machine for other platforms, which npm locks without having seen them. */
const unseen = ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'win32-x64'].map(
  (platform) => `node_modules/@dynoxide/${platform}`,
);

describe('the lock file', () => {
  it('holds each package to its bytes; one within another to those of that', () => {
    const loose = locked.filter(
      ([, { integrity, inBundle }]) => !inBundle && !/^sha512-/.test(integrity ?? ''),
    );
    expect(loose.map(([place]) => place)).toEqual(unseen);
  });

  it('names no place to fetch a package from but the registry of whoever installs it', () => {
    const named = locked.filter(
      ([, { resolved }]) => resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/'),
    );
    expect(named).toEqual([]);
  });
});

describe('the bill of materials', () => {
  it('is CycloneDX, with every package of the lock file and its hash', () => {
    const printed = execFileSync('npm', ['run', '--silent', 'sbom'], {
      cwd: root,
      encoding: 'utf8',
      shell: process.platform === 'win32',
    });
    const { bomFormat, components } = z
      .object({
        bomFormat: z.string(),
        components: z.array(
          z.object({
            purl: z.string(),
            hashes: z.array(z.object({ alg: z.literal('SHA-512') })).default([]),
          }),
        ),
      })
      .parse(JSON.parse(printed));
    expect(bomFormat).toBe('CycloneDX');
    const named = (purl: string) => decodeURIComponent(purl).replace('pkg:npm/', '');
    expect(new Set(components.map(({ purl }) => named(purl)))).toEqual(new Set(locked.map(nameOf)));
    const unhashed = components.filter(({ hashes }) => hashes.length === 0);
    const loose = locked.filter(([, { integrity }]) => integrity === undefined).map(nameOf);
    expect(loose).toEqual(expect.arrayContaining(unhashed.map(({ purl }) => named(purl))));
  }, 60_000);
});
