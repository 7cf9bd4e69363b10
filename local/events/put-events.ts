import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import type { BusEvent, ServiceOptions } from '../contracts.ts';

/** Takes an event for a bus; gives false when there is no such bus. */
export type AcceptEvent = (busName: string, event: BusEvent) => boolean;

const entrySchema = z.object({
  Source: z.string().min(1).optional(),
  DetailType: z.string().min(1).optional(),
  Detail: z.string().optional(),
  Resources: z.array(z.string()).default([]),
  EventBusName: z.string().default('default'),
  /** Seconds since 1970. */
  Time: z.number().optional(),
});
const requestSchema = z.object({ Entries: z.array(entrySchema).min(1).max(10) });

type EntryResult = { EventId: string } | { ErrorCode: string; ErrorMessage: string };

const largestRequest = 256 * 1_024;

/** Serves EventBridge's PutEvents (AWS JSON 1.1) on a free loopback port. */
export async function servePutEvents(options: ServiceOptions, accept: AcceptEvent): Promise<Server> {
  const server = createServer((request, response) => {
    answer(request, options, accept).then(
      ([status, body]) => {
        const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() };
        response.writeHead(status, headers).end(JSON.stringify(body));
      },
      (fault: unknown) => {
        options.log(`PutEvents: ${fault instanceof Error ? fault.message : String(fault)}`);
        response.writeHead(500).end(JSON.stringify({ __type: 'InternalException' }));
      },
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function answer(
  request: IncomingMessage,
  options: ServiceOptions,
  accept: AcceptEvent,
): Promise<[number, unknown]> {
  const refuse = (type: string, message: string): [number, unknown] => [400, { __type: type, message }];
  const operation = request.headers['x-amz-target'];
  const body = await text(request);
  if (operation !== 'AWSEvents.PutEvents') {
    return refuse('UnknownOperationException', `${operation} is not supported on a laptop`);
  }
  if (body.length > largestRequest) {
    return refuse('ValidationException', 'Total size of the entries in the request is over the limit.');
  }
  let parsed: z.ZodSafeParseResult<z.infer<typeof requestSchema>>;
  try {
    parsed = requestSchema.safeParse(JSON.parse(body));
  } catch {
    return refuse('SerializationException', 'The request is not JSON');
  }
  if (!parsed.success) return refuse('ValidationException', z.prettifyError(parsed.error));
  const entries = parsed.data.Entries.map((entry) => acceptEntry(entry, options, accept));
  return [
    200,
    { FailedEntryCount: entries.filter((entry) => 'ErrorCode' in entry).length, Entries: entries },
  ];
}

function acceptEntry(
  entry: z.infer<typeof entrySchema>,
  options: ServiceOptions,
  accept: AcceptEvent,
): EntryResult {
  const refuse = (ErrorCode: string, ErrorMessage: string) => ({ ErrorCode, ErrorMessage });
  const { Source, DetailType, Detail, Resources, EventBusName, Time } = entry;
  if (Source === undefined)
    return refuse('InvalidArgument', 'Parameter Source is not valid. Reason: Source is a required argument.');
  if (DetailType === undefined)
    return refuse(
      'InvalidArgument',
      'Parameter DetailType is not valid. Reason: DetailType is a required argument.',
    );
  if (Source.startsWith('aws.'))
    return refuse('NotAuthorizedForSource', `Not authorized for the source ${Source}.`);
  const detail = parseDetail(Detail);
  if (detail === undefined) return refuse('MalformedDetail', 'Detail is malformed.');
  const event: BusEvent = {
    version: '0',
    id: randomUUID(),
    'detail-type': DetailType,
    source: Source,
    account: options.account,
    time: new Date(Time === undefined ? Date.now() : Time * 1_000).toISOString().replace(/\.\d+Z$/, 'Z'),
    region: options.region,
    resources: Resources,
    detail,
  };
  const busName = EventBusName.slice(EventBusName.lastIndexOf('/') + 1);
  if (!accept(busName, event))
    return refuse('ResourceNotFoundException', `Event bus ${busName} does not exist.`);
  return { EventId: event.id };
}

function parseDetail(text: string | undefined): Record<string, unknown> | undefined {
  try {
    return z.record(z.string(), z.unknown()).safeParse(JSON.parse(text ?? '')).data;
  } catch {
    return undefined;
  }
}
