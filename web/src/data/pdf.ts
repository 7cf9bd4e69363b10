import type { DocumentInitParameters, PDFDocumentProxy } from 'pdfjs-dist/types/src/display/api';

export type { PDFDocumentProxy };

/** Tables of the encodings of Chinese (GB) that a PDF without its own fonts needs. */
const charts = import.meta.glob<string>('../../../node_modules/pdfjs-dist/cmaps/*{GB,gb}*.bcmap', {
  query: '?url',
  import: 'default',
});

/** Gives the renderer its tables from the portal's own files. */
class Charts {
  async fetch({ filename }: { readonly filename: string }): Promise<Uint8Array> {
    const load = Object.entries(charts).find(([path]) => path.endsWith(`/${filename}`))?.[1];
    if (!load) throw new Error(`there is no ${filename}`);
    const response = await fetch(await load());
    return new Uint8Array(await response.arrayBuffer());
  }
}

/** The one policy by which the portal's pages make a script's address: that of the renderer's worker (Trusted Types). */
export const workerPolicy = 'pdf-worker';

async function load() {
  const [library, { default: workerUrl }] = await Promise.all([
    import('pdfjs-dist/legacy/build/pdf.mjs'),
    import('pdfjs-dist/legacy/build/pdf.worker.min.mjs?url'),
  ]);
  const policy = trusted()?.createPolicy(workerPolicy, {
    createScriptURL: (url) => {
      if (url !== workerUrl) throw new TypeError('no script but the worker');
      return url;
    },
  });
  const url = policy ? policy.createScriptURL(workerUrl) : workerUrl;
  library.GlobalWorkerOptions.workerPort = new Worker(url as string, { type: 'module' });
  return library;
}
type Library = Awaited<ReturnType<typeof load>>;

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { readonly createScriptURL: (url: string) => string },
  ): { createScriptURL(url: string): unknown };
}
const trusted = () => (window as { trustedTypes?: TrustedTypes }).trustedTypes;

let library: Promise<Library> | undefined;
/** The renderer, loaded when the first PDF is shown. */
export function renderer(): Promise<Library> {
  library ??= load();
  return library;
}

/** Opens a PDF; nothing in it runs, and nothing that it names is fetched. @throws Error where it is none. */
export async function openPdf(bytes: ArrayBuffer): Promise<PDFDocumentProxy> {
  const { getDocument } = await renderer();
  const settings = {
    data: new Uint8Array(bytes),
    BinaryDataFactory: Charts,
    cMapPacked: true,
    useWorkerFetch: false,
    useWasm: false,
    enableXfa: false,
    isEvalSupported: false,
    stopAtErrors: false,
  };
  return getDocument(settings as unknown as DocumentInitParameters).promise;
}
