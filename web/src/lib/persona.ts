/** Whom a demonstration's visitor plays; null means: whoever is signed in. */
import { ref, watch } from 'vue'

const KEPT = 'abreast.persona'

export const persona = ref<string | null>(sessionStorage.getItem(KEPT))

watch(persona, (id) => {
  if (id === null) sessionStorage.removeItem(KEPT)
  else sessionStorage.setItem(KEPT, id)
})
