/*
 * The sandbox's stand-in for I'mport's browser SDK (V1): IMP.init and IMP.certification.
 * It opens the sandbox's own window, wherever this file came from.
 */
(function () {
  "use strict";

  const home = new URL(document.currentScript.src).origin;
  let customerCode = null;
  let stopListening = () => {};

  function isMobile() {
    return window.matchMedia("(pointer: coarse)").matches || window.matchMedia("(max-width: 600px)").matches;
  }

  function failure(params, message) {
    return {
      success: false,
      imp_uid: null,
      merchant_uid: params.merchant_uid || null,
      error_code: null,
      error_msg: message,
    };
  }

  /* A window that is closed by hand ends without a callback, as the real one can. */
  function openPopup(address, params, callback) {
    stopListening();
    const popup = window.open(address, "bonin-identity", "popup,width=480,height=760");
    if (!popup) {
      callback(failure(params, "팝업이 차단되었습니다."));
      return;
    }
    function listen(event) {
      const data = event.data;
      if (event.origin !== home || event.source !== popup || !data || data.source !== "bonin-sandbox") return;
      stopListening();
      callback(data.result);
    }
    stopListening = () => window.removeEventListener("message", listen);
    window.addEventListener("message", listen);
  }

  function certification(given, callback) {
    const params = given || {};
    const answer = typeof callback === "function" ? callback : () => {};
    if (!customerCode) {
      answer(failure(params, "IMP.init을 먼저 호출해 주세요."));
      return;
    }
    // A computer always gets a popup; a phone only when it is asked for.
    const redirect = isMobile() && params.popup !== true && params.popup !== "true";
    const query = new URLSearchParams({ version: "1", customer_code: customerCode });
    const names = {
      channel_key: params.channelKey,
      merchant_uid: params.merchant_uid || `nobody_${Date.now()}`,
      pg: params.pg,
      company: params.company,
      min_age: params.min_age,
      carrier: params.carrier,
      page: location.origin + location.pathname,
    };
    for (const [name, value] of Object.entries(names)) {
      if (value !== undefined && value !== null && value !== "") query.set(name, String(value));
    }
    if (redirect) {
      if (!params.m_redirect_url) {
        answer(failure(params, "m_redirect_url이 필요합니다."));
        return;
      }
      query.set("mode", "redirect");
      query.set("redirect_url", new URL(params.m_redirect_url, location.href).href);
      location.assign(`${home}/iamport/window?${query}`);
    } else {
      query.set("mode", "popup");
      openPopup(`${home}/iamport/window?${query}`, params, answer);
    }
  }

  window.IMP = {
    init(code) {
      customerCode = String(code || "");
    },
    certification,
  };
})();
