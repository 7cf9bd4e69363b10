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

/**
 * Speaks DynamoDB's JSON protocol for tables.
 * The engine asks for an Authorization header and does not check its signature.
 */
export function createDynamoDbApi(endpoint: string, region: string): DynamoDbApi {
  const headers = {
    authorization: `AWS4-HMAC-SHA256 Credential=x/20260101/${region}/dynamodb/aws4_request, SignedHeaders=host, Signature=x`,
    'x-amz-date': '20260101T000000Z',
    'content-type': 'application/x-amz-json-1.0',
  };
  return async (operation, input, output, signal) => {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { ...headers, 'x-amz-target': `DynamoDB_20120810.${operation}` },
      body: JSON.stringify(input),
      ...(signal && { signal }),
    });
    const text = await response.text();
    const answer: unknown = JSON.parse(text);
    if (response.ok) return output.parse(answer);
    const fault = errorSchema.safeParse(answer);
    if (!fault.success) throw new Error(`${operation}: HTTP ${response.status} ${text}`);
    const { __type, message, Message } = fault.data;
    throw new DynamoDbError(__type, `${operation}: ${message ?? Message ?? __type}`);
  };
}
