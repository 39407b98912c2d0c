import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { defineConfig, type DefaultTheme } from 'vitepress';

const here = new URL('..', import.meta.url);

/** The pages of a folder that `generate.mjs`, or the protocol, has written, by their first heading. */
function pagesIn(folder: string, pattern: RegExp): DefaultTheme.SidebarItem[] {
  const at = new URL(`${folder}/`, here);
  if (!existsSync(at)) return [];
  return readdirSync(at)
    .filter((file) => pattern.test(file))
    .sort()
    .map((file) => ({
      text:
        /^# (.+)$/m
          .exec(readFileSync(new URL(file, at), 'utf8'))?.[1]
          ?.replaceAll('`', '')
          .replaceAll('<', '&lt;') ?? file,
      link: `/${folder}/${file.replace(/\.md$/, '')}`,
    }));
}

export default defineConfig({
  title: 'LMS Live',
  description: 'Live classes for any LMS, by one signed token and one tag.',
  lang: 'en',
  cleanUrls: true,
  srcExclude: ['generated/**'],
  // The demo on the reader's own machine; every other dead link fails the build.
  ignoreDeadLinks: 'localhostLinks',
  head: [
    ['link', { rel: 'icon', href: '/icon.svg', type: 'image/svg+xml' }],
    ['meta', { name: 'theme-color', content: '#2a55c5' }],
  ],
  // Generated tables are wide, and their pages have nothing to list at the side.
  transformPageData({ relativePath, frontmatter }) {
    if (relativePath.startsWith('reference/')) Object.assign(frontmatter, { aside: false, pageClass: 'wide' });
  },
  vue: { template: { compilerOptions: { isCustomElement: (tag) => tag.startsWith('lms-') } } },
  themeConfig: {
    logo: '/icon.svg',
    search: { provider: 'local' },
    outline: [2, 3],
    socialLinks: [{ icon: 'github', link: 'https://github.com/lms-live/lms-live' }],
    nav: [
      { text: 'Quick start', link: '/quick-start' },
      { text: 'Try it', link: '/try' },
      { text: 'Elements', link: '/elements/' },
      { text: 'Protocol', link: '/protocol/' },
      { text: 'Server', link: '/server/' },
    ],
    sidebar: [
      {
        text: 'Start',
        items: [
          { text: 'Quick start', link: '/quick-start' },
          { text: 'Try it here', link: '/try' },
          { text: 'Tokens', link: '/tokens' },
        ],
      },
      {
        text: 'In the page',
        items: [
          { text: 'Elements', link: '/elements/' },
          { text: 'Calls', link: '/calls' },
          { text: 'Looks', link: '/elements/theming' },
          ...pagesIn('elements', /^lms-.*\.md$/),
          { text: 'Headless client', link: '/client' },
          { text: 'Accessibility', link: '/accessibility' },
          { text: 'Benchmarks', link: '/benchmarks' },
        ],
      },
      {
        text: 'The server',
        items: [
          { text: 'Run the server', link: '/server/' },
          { text: 'What is promised', link: '/reliability' },
          { text: 'Connect an LMS', link: '/server/tenants' },
          { text: 'Who comes in', link: '/server/admission' },
          { text: 'Networks', link: '/server/networks' },
          { text: 'Reports', link: '/server/reports' },
          { text: 'HTTP API', link: '/server/http-api' },
          { text: 'Security', link: '/security' },
        ],
      },
      {
        text: 'The protocol',
        items: [{ text: 'How it works', link: '/protocol/' }, ...pagesIn('reference', /\.md$/)],
      },
    ],
    footer: { message: 'Apache-2.0' },
  },
});
