import { defineConfig } from 'vitepress';

export default defineConfig({
  title: 'LMS Live',
  description: 'Live classes for any LMS, by one signed token and one tag.',
  cleanUrls: true,
  themeConfig: { search: { provider: 'local' } },
  vue: { template: { compilerOptions: { isCustomElement: (tag) => tag.startsWith('lms-') } } },
});
