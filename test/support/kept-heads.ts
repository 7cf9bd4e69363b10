import { generateKeyPairSync, sign } from 'node:crypto';
import type { HeadsKeeper, Signer } from '../../functions/audit/keep-heads.ts';

/** A signer with a key of its own, and a keeper in memory that replaces nothing. */
export function headsInMemory() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const kept = new Map<string, string>();
  const signer: Signer = {
    sign: async (text) => ({
      keyId: 'key',
      signature: sign('sha256', text, privateKey).toString('base64'),
    }),
    publicKey: async () => publicKey,
  };
  const keeper: HeadsKeeper = {
    keep: async (name, content) => void kept.set(name, String(content)),
    names: async (below) => [...kept.keys()].filter((name) => name.startsWith(below)),
    read: async (name) => {
      const text = kept.get(name);
      if (text === undefined) throw new Error(`nothing is kept as ${name}`);
      return text;
    },
  };
  return { kept, publicKey, parts: { signer, keeper } };
}
