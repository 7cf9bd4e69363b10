import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { LocalService, Log } from '../contracts.ts';
import { isObject, type JsonObject, parseJson } from './json.ts';
import { ServiceError } from './service-error.ts';

const targetPrefix = 'AWSStepFunctions.';

async function bodyOf(request: IncomingMessage): Promise<JsonObject> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  try {
    const body = parseJson(Buffer.concat(chunks).toString());
    if (isObject(body)) return body;
  } catch {
    // Said below, as for JSON that is no object.
  }
  throw new ServiceError('SerializationException', 'The body is not a JSON object.');
}

async function answer(
  request: IncomingMessage,
  actions: Readonly<Record<string, (request: JsonObject) => JsonObject>>,
): Promise<JsonObject> {
  const target = String(request.headers['x-amz-target'] ?? '');
  const name = target.startsWith(targetPrefix) ? target.slice(targetPrefix.length) : target;
  const body = await bodyOf(request);
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action === undefined) {
    throw new ServiceError('UnknownOperationException', `The action "${name}" is not supported here.`);
  }
  return action(body);
}

/** Serves actions over AWS JSON 1.0 on a free port of the loopback. */
export async function serveActions(
  actions: Readonly<Record<string, (request: JsonObject) => JsonObject>>,
  log: Log,
): Promise<LocalService & { readonly endpoint: string }> {
  const server = createServer(async (request, response) => {
    let status = 200;
    let body: JsonObject;
    try {
      body = await answer(request, actions);
    } catch (error) {
      const known =
        error instanceof ServiceError ? error : new ServiceError('InternalFailure', String(error), 500);
      if (known !== error) log(`states: ${known.message}`);
      status = known.status;
      body = { __type: known.code, message: known.message };
    }
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': randomUUID() };
    response.writeHead(status, headers).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('states: no port to listen on');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
