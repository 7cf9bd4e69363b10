import { type DBSchema, type IDBPDatabase, openDB } from 'idb';

/** A form as it stands on this device: everything that was typed, valid or not, as it was typed. */
export interface KeptForm {
  /** Person and form, so that two people at one machine do not meet. */
  readonly key: string;
  readonly person: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** Entity tag of the version on the server that it was begun from; none before there is one. */
  readonly basis: string | undefined;
  readonly at: string;
}

interface Kept extends DBSchema {
  forms: { key: string; value: KeptForm; indexes: { person: string } };
}

let opened: Promise<IDBPDatabase<Kept> | undefined> | undefined;
function database(): Promise<IDBPDatabase<Kept> | undefined> {
  opened ??= openDB<Kept>('portal', 1, {
    upgrade(db) {
      db.createObjectStore('forms', { keyPath: 'key' }).createIndex('person', 'person');
    },
    // A private window may have none: the page says then that nothing is kept on the device.
  }).catch(() => undefined);
  return opened;
}

export function formKey(person: string, form: string): string {
  return `${person}#${form}`;
}

/** Keeps a form on this device. False where the browser keeps nothing. */
export async function keepForm(form: KeptForm): Promise<boolean> {
  const db = await database();
  if (!db) return false;
  return db.put('forms', form).then(
    () => true,
    () => false,
  );
}

export async function keptForm(key: string): Promise<KeptForm | undefined> {
  return (await database())?.get('forms', key).catch(() => undefined);
}

export async function forgetForm(key: string): Promise<void> {
  await (await database())?.delete('forms', key).catch(() => undefined);
}

/** Forgets what a person has typed on this device. */
export async function forgetDrafts(person: string): Promise<void> {
  const db = await database();
  if (!db) return;
  const keys = await db.getAllKeysFromIndex('forms', 'person', person);
  await Promise.all(keys.map((key) => db.delete('forms', key)));
}
