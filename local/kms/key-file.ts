import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const keysSchema = z.record(
  z.string(),
  z.object({ keyId: z.uuid(), material: z.base64().transform((text) => Buffer.from(text, 'base64')) }),
);

export interface KeyMaterial {
  readonly keyId: string;
  readonly material: Buffer;
}

/** Keys by their names in the template, in a file of the data dir that only its owner can read. */
export class KeyFile {
  readonly #path: string;
  readonly #keys: Map<string, KeyMaterial>;

  constructor(dataDir: string) {
    this.#path = join(dataDir, 'kms-keys.json');
    this.#keys = new Map(existsSync(this.#path) ? Object.entries(this.#read()) : []);
  }

  /** The key of a name; made and kept when it is asked for the first time. */
  ensure(name: string): KeyMaterial {
    const known = this.#keys.get(name);
    if (known) return known;
    const key = { keyId: randomUUID(), material: randomBytes(32) };
    this.#keys.set(name, key);
    this.#write();
    return key;
  }

  #read(): Record<string, KeyMaterial> {
    chmodSync(this.#path, 0o600);
    return keysSchema.parse(JSON.parse(readFileSync(this.#path, 'utf8')));
  }

  /** By another file, so that a process that dies meanwhile leaves the old keys: without them no hash is equal again and nothing that they encrypted can be read. */
  #write(): void {
    const entries = [...this.#keys].map(([name, { keyId, material }]) => [
      name,
      { keyId, material: material.toString('base64') },
    ]);
    const next = `${this.#path}.next`;
    writeFileSync(next, `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`, { mode: 0o600 });
    renameSync(next, this.#path);
  }
}
