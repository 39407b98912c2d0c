export { default } from 'simple-peer/simplepeer.min.js';
