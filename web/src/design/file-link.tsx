import { lazy, Suspense, useState } from 'react';
import { ask, Problem } from '../data/api.ts';
import { size } from '../data/format.ts';
import { useText } from '../data/language.tsx';
import type { DocumentView } from '../data/queries.ts';
import { Waiting } from './parts.tsx';

// It brings what draws PDFs: nobody loads it before they look at a file.
const DocumentViewer = lazy(async () => ({
  default: (await import('./document-viewer.tsx')).DocumentViewer,
}));
const shownKinds = ['application/pdf', 'image/jpeg', 'image/png'];

/** The name of a document, which opens its file: a PDF or a picture below it, anything else as a download. */
export function FileLink({
  document,
  applicationId,
}: {
  readonly document: DocumentView;
  readonly applicationId: string;
}) {
  const t = useText();
  const [url, setUrl] = useState<string>();
  const [error, setError] = useState<unknown>();
  const { documentId, fileName, contentType, status } = document;
  if (status !== 'accepted' && status !== 'superseded') return fileName;
  const isShown = shownKinds.includes(contentType);
  const open = async () => {
    setError(undefined);
    try {
      const { body } = await ask('GET /v1/applications/{applicationId}/documents/{documentId}/link', {
        params: { applicationId, documentId },
      });
      if (isShown) setUrl(body.url);
      // It comes as a download under its own name, and this page stays.
      else location.assign(body.url);
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <>
      <button
        type="button"
        className="plain"
        {...(isShown && { 'aria-expanded': url !== undefined })}
        onClick={() => (url === undefined ? void open() : setUrl(undefined))}
      >
        {isShown ? t({ zh: '预览 ', en: 'Show ' }) : t({ zh: '下载 ', en: 'Download ' })}
        {fileName}
      </button>{' '}
      <span className="soft small">{size(document.bytes)}</span>
      {error !== undefined && (
        <span className="wrong" role="alert">
          {error instanceof Problem
            ? t(error.said)
            : t({ zh: '打不开，请稍后再试', en: 'It cannot be opened now' })}
        </span>
      )}
      {url !== undefined && (
        <Suspense fallback={<Waiting />}>
          <DocumentViewer
            file={{ ...document, url, title: t({ zh: '预览', en: 'Shown' }) }}
            renew={() => void open()}
          />
        </Suspense>
      )}
    </>
  );
}
