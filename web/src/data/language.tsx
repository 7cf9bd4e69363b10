import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import type { Bilingual } from '../../../functions/shared/text.ts';

export type Language = 'zh' | 'en';

const kept = 'portal.language';

interface Languages {
  readonly language: Language;
  readonly speak: (language: Language) => void;
}

const LanguageContext = createContext<Languages>({ language: 'zh', speak: () => undefined });

/** Chinese, unless this browser was told otherwise before. */
function first(): Language {
  try {
    return localStorage.getItem(kept) === 'en' ? 'en' : 'zh';
  } catch {
    return 'zh';
  }
}

/** Holds the language that pages are shown in; what is being typed stays where it is when it changes. */
export function LanguageProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState(first);
  const speak = useCallback((next: Language) => {
    setLanguage(next);
    try {
      localStorage.setItem(kept, next);
    } catch {
      // A browser that keeps nothing speaks it until it is closed.
    }
  }, []);
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  }, [language]);
  const value = useMemo(() => ({ language, speak }), [language, speak]);
  return <LanguageContext.Provider value={value}>{children}</LanguageContext.Provider>;
}

export function useLanguage(): Languages {
  return useContext(LanguageContext);
}

/** Gives the text of the language that is spoken. */
export function useText(): (text: Bilingual) => string {
  const { language } = useLanguage();
  return useCallback((text) => text[language], [language]);
}
