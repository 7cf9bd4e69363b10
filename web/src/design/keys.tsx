import { useEffect, useRef, useState } from 'react';
import type { Bilingual } from '../../../functions/shared/text.ts';
import { useText } from '../data/language.tsx';

/** What keys do on a page. */
export type Keys = Readonly<Record<string, { readonly does: Bilingual; readonly run: () => void }>>;

const kept = 'portal.keys';

interface KeysState {
  readonly keys: Keys;
  readonly isOn: boolean;
  readonly turn: (isOn: boolean) => void;
}

/**
 * Single keys that do something while nobody types. Whoever works by voice, or strikes keys by accident, turns them off, and
 * they stay so (WCAG 2.1.4).
 */
export function useKeys(keys: Keys): KeysState {
  const [isOn, setOn] = useState(() => localStorage.getItem(kept) !== 'off');
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    if (!isOn) return;
    const listen = (event: KeyboardEvent) => {
      const { target, key, ctrlKey, metaKey, altKey } = event;
      const isTyping =
        target instanceof HTMLElement &&
        target.closest('input:not([type="radio"]):not([type="checkbox"]), textarea, select');
      if (isTyping || ctrlKey || metaKey || altKey) return;
      const found = Object.hasOwn(latest.current, key) ? latest.current[key] : undefined;
      if (!found) return;
      event.preventDefault();
      found.run();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [isOn]);
  const turn = (next: boolean) => {
    setOn(next);
    localStorage.setItem(kept, next ? 'on' : 'off');
  };
  return { keys, isOn, turn };
}

/** What the keys of a page do, and the switch that turns them off. */
export function KeysHelp({ keys: { keys, isOn, turn } }: { readonly keys: KeysState }) {
  const t = useText();
  const box = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const isTyping = event.target instanceof HTMLElement && event.target.closest('input, textarea, select');
      if (event.key !== '?' || isTyping || !box.current) return;
      box.current.open = !box.current.open;
      box.current.querySelector('summary')?.focus();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
  return (
    <details className="card" ref={box}>
      <summary>{t({ zh: '键盘快捷键（?）', en: 'Keys (?)' })}</summary>
      <label className="choice">
        <input type="checkbox" checked={isOn} onChange={({ target }) => turn(target.checked)} />
        {t({ zh: '使用单键快捷键', en: 'Use single keys' })}
      </label>
      <dl className="facts">
        {Object.entries(keys).map(([key, { does }]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{t(does)}</dd>
          </div>
        ))}
        <div>
          <dt>
            <kbd>Ctrl + Enter</kbd>
          </dt>
          <dd>{t({ zh: '提交决定', en: 'Send the decision' })}</dd>
        </div>
      </dl>
    </details>
  );
}
