import { uploadRoutes } from '../contracts/registry.ts';
import { Presigner } from '../filing/documents/presigner.ts';
import { createLogins } from '../people/create-logins.ts';
import { ImportStore } from '../registry/imports/import-store.ts';
import { importView } from '../registry/imports/import-view.ts';
import { requestImport } from '../registry/imports/request-import.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { httpDoor } from '../shared/http-door.ts';
import { newUlid } from '../shared/ids.ts';
import { openTables } from '../shared/table.ts';

const environment = readEnvironment('api/imports');
const tables = openTables(environment);
const presigner = new Presigner(environment.DOCUMENTS_BUCKET);
const parts = {
  imports: new ImportStore(tables.registry),
  presign: presigner.presignUpload.bind(presigner),
  clock: systemClock,
  newId: newUlid,
};

export const handler = httpDoor(uploadRoutes, createLogins(environment, tables.people), {
  requestImport: async ({ actor, params, body }) => {
    const { added, upload } = await requestImport(parts, actor, params.scheme, body);
    return { body: { import: importView(added), upload: { ...upload, headers: { ...upload.headers } } } };
  },
});
