import { mount } from 'svelte'
import { config } from 'zod'
import './styles/base.css'
import App from './App.svelte'

// The strict CSP forbids `new Function`, which zod would try for speed.
config({ jitless: true })

mount(App, { target: document.getElementById('app')! })
