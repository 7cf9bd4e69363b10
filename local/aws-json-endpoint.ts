import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { LocalService, Log } from './contracts.ts';
import { isObject, type JsonObject, parseJson } from './states/json.ts';
import { ServiceError } from './states/service-error.ts';

type Actions = Readonly<Record<string, (request: JsonObject) => JsonObject>>;

export interface EndpointOptions {
  /** What the lines in the log begin with. */
  readonly name: string;
  /** First part of the header that names the action, e.g. `AWSStepFunctions`. */
  readonly target: string;
  /** Version of the AWS JSON protocol. */
  readonly protocol: '1.0' | '1.1';
  readonly log: Log;
}

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

async function answer(request: IncomingMessage, actions: Actions, prefix: string): Promise<JsonObject> {
  const target = String(request.headers['x-amz-target'] ?? '');
  const name = target.startsWith(prefix) ? target.slice(prefix.length) : target;
  const body = await bodyOf(request);
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action === undefined) {
    throw new ServiceError('UnknownOperationException', `The action "${name}" is not supported here.`);
  }
  return action(body);
}

/** Serves actions over AWS JSON on a free port of the loopback. */
export async function serveActions(
  actions: Actions,
  { name, target, protocol, log }: EndpointOptions,
): Promise<LocalService & { readonly endpoint: string }> {
  const server = createServer(async (request, response) => {
    let status = 200;
    let body: JsonObject;
    try {
      body = await answer(request, actions, `${target}.`);
    } catch (error) {
      const known =
        error instanceof ServiceError ? error : new ServiceError('InternalFailure', String(error), 500);
      if (known !== error) log(`${name}: ${known.message}`);
      status = known.status;
      body = { __type: known.code, message: known.message };
    }
    const headers = {
      'content-type': `application/x-amz-json-${protocol}`,
      'x-amzn-requestid': randomUUID(),
    };
    response.writeHead(status, headers).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error(`${name}: no port to listen on`);
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
