import { ask, Offline } from './api.ts';
import { mediaTypeOf } from './formats.ts';

/** How far an upload has come. */
export type UploadStep =
  | { readonly step: 'reading' }
  | { readonly step: 'sending'; readonly sent: number; readonly of: number }
  | { readonly step: 'checking' };

/**
 * Uploads a file as a document: its hash is taken here, the server gives a link for exactly these bytes, and the link takes
 * them. The same file again goes on with the same document, so a broken connection leaves nothing double.
 * @throws Problem when the server refuses it, Offline when the network is gone, DOMException AbortError when it is cancelled.
 */
export async function upload(
  applicationId: string,
  material: string,
  file: File,
  { signal, told }: { readonly signal: AbortSignal; readonly told: (step: UploadStep) => void },
): Promise<void> {
  told({ step: 'reading' });
  const sha256 = await digestOf(file);
  signal.throwIfAborted();
  const { body } = await ask('POST /v1/applications/{applicationId}/documents', {
    params: { applicationId },
    body: {
      ...{ material, fileName: file.name, bytes: file.size, sha256 },
      contentType: mediaTypeOf(file),
    },
  });
  if (body.document.status !== 'awaiting-upload') return;
  try {
    await send(body.upload.url, body.upload.headers, file, { signal, told });
  } catch (error) {
    // Of what was cancelled nothing is awaited any more.
    if (signal.aborted) {
      const { documentId } = body.document;
      await ask('DELETE /v1/applications/{applicationId}/documents/{documentId}', {
        params: { applicationId, documentId },
      }).catch(() => undefined);
    }
    throw error;
  }
  told({ step: 'checking' });
}

/** SHA-256 of a file, in hexadecimal. */
export async function digestOf(file: Blob): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** By XMLHttpRequest: fetch does not tell how much was sent. */
export function send(
  url: string,
  headers: Readonly<Record<string, string>>,
  file: File,
  { signal, told }: { readonly signal: AbortSignal; readonly told: (step: UploadStep) => void },
): Promise<void> {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    const cancel = () => request.abort();
    signal.addEventListener('abort', cancel, { once: true });
    request.upload.onprogress = ({ loaded, total }) => told({ step: 'sending', sent: loaded, of: total });
    // 412: the very file is there already.
    request.onload = () => (request.status < 300 || request.status === 412 ? done() : fail(new Offline()));
    request.onerror = () => fail(new Offline());
    request.onabort = () => fail(new DOMException('cancelled', 'AbortError'));
    request.onloadend = () => signal.removeEventListener('abort', cancel);
    request.open('PUT', url);
    for (const [name, value] of Object.entries(headers)) {
      // The browser sets the length by itself, and lets nobody else.
      if (name.toLowerCase() !== 'content-length') request.setRequestHeader(name, value);
    }
    request.send(file);
  });
}
