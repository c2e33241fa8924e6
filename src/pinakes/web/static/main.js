// Everything here adds to pages that work without it; each part looks for what it needs and does nothing otherwise.
import { answerAsYouType } from "./live.js";
import { takeMedia } from "./hand.js";
import { suggestWords } from "./suggest.js";
import { zoomPictures } from "./zoom.js";
import { seekShots } from "./player.js";
import { useKeys } from "./keys.js";
import { foldFacets } from "./fold.js";

answerAsYouType();
takeMedia();
suggestWords();
zoomPictures();
seekShots();
useKeys();
foldFacets();
