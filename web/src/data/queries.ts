import { queryOptions } from '@tanstack/react-query';
import { type Answer, ask } from './api.ts';

/** The notice's measures and what is open now. */
export const catalogue = queryOptions({
  queryKey: ['measures'],
  queryFn: async () => (await ask('GET /v1/measures')).body,
  staleTime: 60_000,
});
export type Catalogue = Answer<'GET /v1/measures'>;
export type Part = Catalogue['measures'][number]['items'][number]['parts'][number];

/** The notice of privacy. */
export const privacy = queryOptions({
  queryKey: ['privacy'],
  queryFn: async () => (await ask('GET /v1/privacy')).body,
  staleTime: 60_000,
});

export const measure = (item: string) =>
  queryOptions({
    queryKey: ['measure', item],
    queryFn: async () => (await ask('GET /v1/measures/{item}', { params: { item } })).body,
    staleTime: 60_000,
  });

/** Items that take applications now, with the form of their facts and their materials. */
export const openItems = queryOptions({
  queryKey: ['items'],
  queryFn: async () => (await ask('GET /v1/items')).body.items,
  staleTime: 60_000,
});
export type OpenItem = Answer<'GET /v1/items'>['items'][number];

export type ApplicationView = Answer<'GET /v1/applications/{applicationId}'>;

export const application = (applicationId: string) =>
  queryOptions({
    queryKey: ['application', applicationId],
    queryFn: async () => ask('GET /v1/applications/{applicationId}', { params: { applicationId } }),
  });

/** The form of an application, as its own guide asks for it. */
export const form = (applicationId: string) =>
  queryOptions({
    queryKey: ['form', applicationId],
    queryFn: async () =>
      (await ask('GET /v1/applications/{applicationId}/form', { params: { applicationId } })).body,
    staleTime: Number.POSITIVE_INFINITY,
  });

/** What the conditions say of a draft, or of a correction, as the server has it in a version. */
export const assessment = (applicationId: string, version: string) =>
  queryOptions({
    queryKey: ['assessment', applicationId, version],
    queryFn: async () =>
      (await ask('GET /v1/applications/{applicationId}/eligibility', { params: { applicationId } })).body,
  });
export type Assessment = Answer<'GET /v1/applications/{applicationId}/eligibility'>;

export const documents = (applicationId: string) =>
  queryOptions({
    queryKey: ['documents', applicationId],
    queryFn: async () =>
      (await ask('GET /v1/applications/{applicationId}/documents', { params: { applicationId } })).body.items,
  });
export type DocumentView = Answer<'GET /v1/applications/{applicationId}/documents'>['items'][number];
