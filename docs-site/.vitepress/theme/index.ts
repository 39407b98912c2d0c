import type { Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme';
import LiveClass from './LiveClass.vue';
import './style.css';

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component('LiveClass', LiveClass);
  },
} satisfies Theme;
