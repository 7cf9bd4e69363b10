import { fileURLToPath } from 'node:url';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { answerPage } from '../publicity/portal/answer-page.ts';
import { openPortalFiles } from '../publicity/portal/portal-files.ts';
import { portalSettings } from '../publicity/portal/portal-settings.ts';
import { readEnvironment } from '../shared/environment.ts';
import { DomainError } from '../shared/errors.ts';
import { toProblem } from '../shared/problem.ts';

const files = openPortalFiles(fileURLToPath(new URL('./portal', import.meta.url)));
const variables = readEnvironment('api/portal');
let known: ReturnType<typeof portalSettings> | undefined;

/** The portal's pages and files, for whatever address is not the API's. */
export async function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  known ??= portalSettings(variables);
  const settings = known;
  const path = event.pathParameters?.['path'] === undefined ? '/' : `/${event.pathParameters['path']}`;
  if (path === '/portal.json') {
    return {
      statusCode: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-cache' },
      body: JSON.stringify(settings.told),
    };
  }
  const answer = answerPage(
    files,
    {
      path,
      acceptEncoding: event.headers['accept-encoding'],
      ifNoneMatch: event.headers['if-none-match'],
    },
    settings.origins,
  );
  if (!answer) {
    const problem = toProblem(new DomainError('not-found'), event.requestContext.requestId);
    return {
      statusCode: problem.status,
      headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
      body: JSON.stringify(problem),
    };
  }
  return {
    statusCode: answer.status,
    headers: answer.headers,
    ...(answer.body && { body: answer.body.toString('base64'), isBase64Encoded: true }),
  };
}
