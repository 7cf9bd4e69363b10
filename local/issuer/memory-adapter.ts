/** Sessions, codes and grants of one issuer, in memory: a restart asks for another login, tokens stay good. */

interface Payload {
  uid?: string;
  grantId?: string;
  consumed?: number;
  [key: string]: unknown;
}

interface Entry {
  readonly payload: Payload;
  readonly expiresAt: number;
}

/** What oidc-provider wants of a store for one kind of artefact. */
export interface ArtefactStore {
  upsert(id: string, payload: Payload, expiresIn?: number): Promise<void>;
  find(id: string): Promise<Payload | undefined>;
  findByUid(uid: string): Promise<Payload | undefined>;
  findByUserCode(code: string): Promise<Payload | undefined>;
  consume(id: string): Promise<void>;
  destroy(id: string): Promise<void>;
  revokeByGrantId(grantId: string): Promise<void>;
}

/** Gives the factory that oidc-provider calls once for each kind. */
export function memoryAdapter(): () => ArtefactStore {
  return () => {
    const entries = new Map<string, Entry>();
    const live = (entry: Entry | undefined): Payload | undefined =>
      entry && entry.expiresAt > Date.now() ? entry.payload : undefined;
    return {
      async upsert(id, payload, expiresIn) {
        for (const [key, entry] of entries) if (!live(entry)) entries.delete(key);
        const expiresAt = expiresIn ? Date.now() + expiresIn * 1000 : Number.POSITIVE_INFINITY;
        entries.set(id, { payload, expiresAt });
      },
      async find(id) {
        return live(entries.get(id));
      },
      async findByUid(uid) {
        return live([...entries.values()].find(({ payload }) => payload.uid === uid));
      },
      async findByUserCode() {
        return undefined;
      },
      async consume(id) {
        const payload = live(entries.get(id));
        if (payload) payload.consumed = Math.floor(Date.now() / 1000);
      },
      async destroy(id) {
        entries.delete(id);
      },
      async revokeByGrantId(grantId) {
        for (const [id, { payload }] of entries) if (payload.grantId === grantId) entries.delete(id);
      },
    };
  };
}
