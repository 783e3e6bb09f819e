# fluxmq_add_plugin(NAME SOURCE...): a shared object that the kernel can load as `NAME.so`.
# Hidden visibility keeps one plugin's symbols from meeting another's: the entry symbol is all that is exported.
function(fluxmq_add_plugin name)
  add_library(${name} MODULE ${ARGN})
  target_link_libraries(${name} PRIVATE fluxmq::sdk)
  set_target_properties(${name} PROPERTIES PREFIX "" CXX_VISIBILITY_PRESET hidden
    C_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
endfunction()
