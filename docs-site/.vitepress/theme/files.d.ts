/** What the files are to TypeScript that Vite reads and it does not. */
declare module '*.vue' {
  import type { Theme } from 'vitepress';
  const component: NonNullable<Theme['Layout']>;
  export default component;
}
declare module '*.css';
