// @ts-check
import { mounted } from "../kit/mount.js";
import { Bowl } from "./bowl.js";

export default mounted(Bowl, { selector: ".drag", trigger: "commit" });
