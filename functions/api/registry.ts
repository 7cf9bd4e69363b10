import { registryRoutes } from '../contracts/registry.ts';
import { createLogins } from '../people/create-logins.ts';
import { AwardRegistry } from '../registry/awards/award-registry.ts';
import { searchAwards } from '../registry/awards/search-awards.ts';
import { decideUndo } from '../registry/imports/decide-undo.ts';
import { ImportStore } from '../registry/imports/import-store.ts';
import { importView } from '../registry/imports/import-view.ts';
import {
  keepMapping,
  keepNamedMapping,
  listNamedMappings,
  showMapping,
  showNamedMapping,
} from '../registry/imports/keep-mapping.ts';
import { importReport, listImportFaults, listImports } from '../registry/imports/list-imports.ts';
import { OpenRowStore } from '../registry/imports/open-row-store.ts';
import { proposeUndo } from '../registry/imports/propose-undo.ts';
import { ScreeningRequests } from '../registry/imports/screening-requests.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { httpDoor } from '../shared/http-door.ts';
import { newUlid } from '../shared/ids.ts';
import { openTables } from '../shared/table.ts';

const environment = readEnvironment('api/registry');
const tables = openTables(environment);
const parts = {
  imports: new ImportStore(tables.registry),
  registry: new AwardRegistry(tables.registry),
  openRows: new OpenRowStore(tables.registry),
  screenings: new ScreeningRequests(tables.workflow, systemClock),
  clock: systemClock,
  newId: newUlid,
};

/** Time of one request in which an import is taken back, well below the gateway's. */
const undoMs = 15_000;

export const handler = httpDoor(registryRoutes, createLogins(environment, tables.people), {
  searchAwards: async ({ query }) => ({ body: await searchAwards(parts, query) }),
  importAwards: async ({ actor, query, text }) => {
    // Its reader of files is for the few imports of a year, and counts for one import only.
    const { importAwards } = await import('../registry/imports/import-awards.ts');
    const registry = new AwardRegistry(tables.registry);
    return { body: await importAwards({ ...parts, registry }, actor, { ...query, csv: text }) };
  },
  listImports: async ({ query }) => {
    const { imports, nextCursor } = await listImports(parts, query);
    return { body: { items: imports.map(importView), nextCursor } };
  },
  getImport: async ({ params }) => ({ body: importView(await parts.imports.require(params.importId)) }),
  listImportFaults: async ({ params, query }) => ({
    body: await listImportFaults(parts, params.importId, query.cursor),
  }),
  getImportReport: async ({ params: { importId } }) => ({
    body: await importReport(parts, importId),
    headers: { 'content-disposition': `attachment; filename="import-${importId}.csv"` },
  }),
  listOpenRows: async ({ params: { importId }, query }) => {
    await parts.imports.require(importId);
    return { body: await parts.openRows.page(importId, query.cursor) };
  },
  decideOpenRow: async ({ actor, params, body }) => {
    const { decideRow } = await import('../registry/imports/decide-row.ts');
    const registry = new AwardRegistry(tables.registry);
    return { body: await decideRow({ ...parts, registry }, actor, params, body) };
  },
  proposeUndo: async ({ actor, params, body }) => ({
    body: importView(await proposeUndo(parts, actor, params.importId, body.reason)),
  }),
  decideUndo: async ({ actor, params, body }) => {
    // A registry of its own, as an import has: what it counted and could not write is forgotten with it.
    const registry = new AwardRegistry(tables.registry);
    const until = new Date(systemClock().getTime() + undoMs);
    return {
      body: importView(await decideUndo({ ...parts, registry }, actor, params.importId, body, until)),
    };
  },
  listNamedMappings: async ({ query }) => ({ body: await listNamedMappings(parts, query.cursor) }),
  getNamedMapping: async ({ params }) => ({ body: await showNamedMapping(parts, params.name) }),
  putNamedMapping: async ({ actor, params, body }) => ({
    body: await keepNamedMapping(parts, actor, params.name, body),
  }),
  getMapping: async ({ params }) => ({ body: await showMapping(parts, params.scheme) }),
  putMapping: async ({ actor, params, body }) => ({
    body: await keepMapping(parts, actor, params.scheme, body),
  }),
});
