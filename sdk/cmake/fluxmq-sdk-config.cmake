# find_package(fluxmq-sdk) gives fluxmq::sdk and fluxmq_add_plugin().
include(${CMAKE_CURRENT_LIST_DIR}/fluxmq-sdk-targets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/FluxmqPlugin.cmake)
