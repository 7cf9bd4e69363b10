import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useText } from '../data/language.tsx';
import { openPdf, type PDFDocumentProxy, renderer } from '../data/pdf.ts';
import { Waiting } from './parts.tsx';

/** Where somebody has come to in a document, kept while its page stays open. */
export interface Place {
  readonly scroll: number;
  readonly zoom: number;
}

const zooms = [0.5, 0.75, 1, 1.25, 1.5, 2, 3] as const;

/** The pages of a PDF, each drawn when it comes into sight, with their text to select and to search. */
export function PdfPages({
  name,
  bytes,
  place,
  keep,
}: {
  readonly name: string;
  readonly bytes: ArrayBuffer;
  readonly place: Place | undefined;
  readonly keep: (place: Place) => void;
}) {
  const t = useText();
  const [pdf, setPdf] = useState<PDFDocumentProxy>();
  const [isBroken, setBroken] = useState(false);
  const [zoom, setZoom] = useState(place?.zoom ?? 1);
  const [wanted, setWanted] = useState('');
  const [found, setFound] = useState<readonly number[]>();
  const [at, setAt] = useState(0);
  const box = useRef<HTMLElement>(null);
  const width = useWidth(box, pdf !== undefined);
  useEffect(() => {
    let isGone = false;
    let opened: PDFDocumentProxy | undefined;
    // What draws it takes the bytes over: the caller keeps its own.
    openPdf(bytes.slice(0)).then(
      (one) => {
        opened = one;
        if (isGone) one.destroy().catch(() => undefined);
        else setPdf(one);
      },
      () => {
        if (!isGone) setBroken(true);
      },
    );
    return () => {
      isGone = true;
      opened?.destroy().catch(() => undefined);
    };
  }, [bytes]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the place is gone back to once, when there are pages
  useEffect(() => {
    if (pdf && box.current && place) box.current.scrollTop = place.scroll;
  }, [pdf]);
  const go = (number: number) =>
    box.current?.querySelector(`[data-page="${number}"]`)?.scrollIntoView({ block: 'start' });
  const search = async () => {
    const text = plain(wanted);
    if (!pdf || text === '') return setFound(undefined);
    const pages: number[] = [];
    for (let number = 1; number <= pdf.numPages; number += 1) {
      const { items } = await (await pdf.getPage(number)).getTextContent();
      if (plain(items.map((item) => ('str' in item ? item.str : '')).join('')).includes(text))
        pages.push(number);
    }
    setFound(pages);
    setAt(0);
    if (pages[0] !== undefined) go(pages[0]);
  };
  const step = () => {
    if (!found || found.length === 0) return;
    const next = (at + 1) % found.length;
    setAt(next);
    go(found[next] ?? 1);
  };
  if (isBroken) {
    return (
      <p className="told warn">
        {t({
          zh: '此 PDF 无法在页面中显示，请下载后查看。',
          en: 'This PDF cannot be shown in the page: download it to look at it.',
        })}
      </p>
    );
  }
  if (!pdf) return <Waiting />;
  return (
    <>
      <div className="viewer-bar">
        <span>{t({ zh: `共 ${pdf.numPages} 页`, en: `Pages: ${pdf.numPages}` })}</span>
        <label>
          {t({ zh: '缩放', en: 'Zoom' })}{' '}
          <select
            value={zoom}
            onChange={({ target }) => {
              setZoom(Number(target.value));
              keep({ scroll: box.current?.scrollTop ?? 0, zoom: Number(target.value) });
            }}
          >
            {zooms.map((one) => (
              <option key={one} value={one}>
                {one * 100}%
              </option>
            ))}
          </select>
        </label>
        <search>
          <input
            type="search"
            aria-label={t({ zh: '在文件中查找', en: 'Find in the document' })}
            placeholder={t({ zh: '查找', en: 'Find' })}
            value={wanted}
            onChange={({ target }) => setWanted(target.value)}
            onKeyDown={({ key }) => {
              if (key === 'Enter') void (found && found.length > 0 ? step() : search());
            }}
          />
          <button type="button" onClick={() => void search()}>
            {t({ zh: '查找', en: 'Find' })}
          </button>
        </search>
        <span role="status">
          {found &&
            (found.length === 0
              ? t({ zh: '没有找到（扫描件没有文字）', en: 'Not found (scans have no text)' })
              : t({ zh: `在第 ${found.join('、')} 页`, en: `On page ${found.join(', ')}` }))}
        </span>
        {found && found.length > 1 && (
          <button type="button" onClick={step}>
            {t({ zh: '下一处', en: 'Next' })}
          </button>
        )}
      </div>
      <section
        className="pdf"
        ref={box}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard (WCAG 2.1.1)
        tabIndex={0}
        aria-label={name}
        onScroll={({ currentTarget }) => keep({ scroll: currentTarget.scrollTop, zoom })}
      >
        {pageNumbers(pdf.numPages).map((number) => (
          <PdfPage
            key={`${number} ${zoom} ${width}`}
            pdf={pdf}
            number={number}
            width={width * zoom}
            wanted={found ? plain(wanted) : ''}
          />
        ))}
      </section>
    </>
  );
}

const pageNumbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** Texts as they are compared in a search: widths and blanks do not count. */
const plain = (text: string) => text.normalize('NFKC').replace(/\s+/g, '').toLowerCase();

/** How wide a page is drawn so that it fits, in CSS pixels; small changes of the window draw nothing anew. */
function useWidth(box: RefObject<HTMLElement | null>, isThere: boolean): number {
  const [width, setWidth] = useState(640);
  useLayoutEffect(() => {
    const target = box.current;
    if (!target || !isThere) return;
    const watch = new ResizeObserver(() => {
      // Beside its padding and a scroll bar.
      const fits = Math.max(240, target.clientWidth - 26);
      setWidth((now) => (now > fits || fits - now > 60 ? fits : now));
    });
    watch.observe(target);
    return () => watch.disconnect();
  }, [box, isThere]);
  return width;
}

function PdfPage({
  pdf,
  number,
  width,
  wanted,
}: {
  readonly pdf: PDFDocumentProxy;
  readonly number: number;
  /** CSS pixels. */
  readonly width: number;
  readonly wanted: string;
}) {
  const frame = useRef<HTMLDivElement>(null);
  const [isNear, setNear] = useState(number === 1);
  const [size, setSize] = useState<{ readonly width: number; readonly height: number }>();
  useEffect(() => {
    const target = frame.current;
    if (!target) return;
    const watch = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) setNear(true);
      },
      { rootMargin: '800px' },
    );
    watch.observe(target);
    return () => watch.disconnect();
  }, []);
  useEffect(() => {
    let isGone = false;
    let stop: (() => void) | undefined;
    void (async () => {
      const page = await pdf.getPage(number);
      const natural = page.getViewport({ scale: 1 }).width;
      const viewport = page.getViewport({ scale: width / Math.max(1, natural) });
      if (isGone) return;
      setSize({ width: viewport.width, height: viewport.height });
      if (!isNear) return;
      const { TextLayer } = await renderer();
      const target = frame.current;
      if (!target || isGone) return;
      const sharp = Math.min(2, window.devicePixelRatio || 1);
      const canvas = document.createElement('canvas');
      canvas.width = Math.floor(viewport.width * sharp);
      canvas.height = Math.floor(viewport.height * sharp);
      canvas.style.width = `${viewport.width}px`;
      canvas.style.height = `${viewport.height}px`;
      const drawing = page.render({ canvas, viewport, transform: [sharp, 0, 0, sharp, 0, 0] });
      // It may be cancelled while its text is still fetched, before anything waits for it.
      drawing.promise.catch(() => undefined);
      stop = () => drawing.cancel();
      const layer = document.createElement('div');
      layer.className = 'textLayer';
      layer.style.setProperty('--total-scale-factor', String(viewport.scale));
      const text = new TextLayer({
        textContentSource: await page.getTextContent(),
        container: layer,
        viewport,
      });
      target.replaceChildren(canvas, layer);
      await Promise.all([drawing.promise, text.render()]);
      target.dataset['drawn'] = 'yes';
    })().catch(() => undefined);
    return () => {
      isGone = true;
      stop?.();
    };
  }, [pdf, number, width, isNear]);
  useEffect(() => {
    for (const span of frame.current?.querySelectorAll('.textLayer span') ?? []) {
      span.classList.toggle('hit', wanted !== '' && plain(span.textContent ?? '').includes(wanted));
    }
  }, [wanted]);
  return (
    <div
      className="pdf-page"
      data-page={number}
      ref={frame}
      style={size && { width: `${size.width}px`, height: `${size.height}px` }}
    />
  );
}
