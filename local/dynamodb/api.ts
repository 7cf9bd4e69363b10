import { Agent, request } from 'node:http';
import * as z from 'zod';

/** An error answer of DynamoDB; `name` is its short type, such as ResourceNotFoundException. */
export class DynamoDbError extends Error {
  constructor(type: string, message: string) {
    super(message);
    this.name = type.slice(type.indexOf('#') + 1);
  }
}

/** Calls one operation of a DynamoDB endpoint. */
export type DynamoDbApi = <T>(
  operation: string,
  input: Readonly<Record<string, unknown>>,
  output: z.ZodType<T>,
  signal?: AbortSignal,
) => Promise<T>;

const errorSchema = z.object({
  __type: z.string(),
  message: z.string().optional(),
  Message: z.string().optional(),
});

const streamOperations = new Set(['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams']);

/**
 * Speaks DynamoDB's JSON protocol: the tables' and the streams' API are two services in the SDK but one endpoint here.
 * The emulator asks for an Authorization header and does not check its signature.
 */
export function createDynamoDbApi(endpoint: string, region: string): DynamoDbApi {
  const headers = {
    authorization: `AWS4-HMAC-SHA256 Credential=x/20260101/${region}/dynamodb/aws4_request, SignedHeaders=host, Signature=x`,
    'x-amz-date': '20260101T000000Z',
    'content-type': 'application/x-amz-json-1.0',
  };
  return async (operation, input, output, signal) => {
    const service = streamOperations.has(operation) ? 'DynamoDBStreams' : 'DynamoDB';
    const target = { ...headers, 'x-amz-target': `${service}_20120810.${operation}` };
    const { status, text } = await post(endpoint, target, JSON.stringify(input), signal);
    const answer: unknown = JSON.parse(text);
    if (status === 200) return output.parse(answer);
    const fault = errorSchema.safeParse(answer);
    if (!fault.success) throw new Error(`${operation}: HTTP ${status} ${text}`);
    const { __type, message, Message } = fault.data;
    throw new DynamoDbError(__type, `${operation}: ${message ?? Message ?? __type}`);
  };
}

const agent = new Agent({ keepAlive: true });

/** Streams are looked into all the time, and `fetch` takes a multiple of the processor time of a plain request. */
function post(
  endpoint: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal | undefined,
): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', agent, headers, ...(signal && { signal }) };
    request(endpoint, options, (response) => {
      let text = '';
      response
        .setEncoding('utf8')
        .on('data', (chunk: string) => {
          text += chunk;
        })
        .on('end', () => resolve({ status: response.statusCode, text }))
        .on('error', reject);
    })
      .on('error', reject)
      .end(body);
  });
}
