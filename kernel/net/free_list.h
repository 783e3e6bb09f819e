// Objects of one type, used and given back by one thread, without going to the allocator each time.
#pragma once

#include <cstddef>
#include <utility>

namespace fluxmq::kernel {

// T has a member `T* next`.
template <typename T>
class FreeList {
 public:
  explicit FreeList(size_t max_free) : max_free_(max_free) {}
  ~FreeList() { trim(); }
  FreeList(const FreeList&) = delete;
  FreeList& operator=(const FreeList&) = delete;

  T* take() {
    if (first_ == nullptr) return new T;
    --count_;
    return std::exchange(first_, first_->next);
  }
  void give_back(T* object) {
    if (count_ == max_free_) {
      delete object;
      return;
    }
    ++count_;
    object->next = std::exchange(first_, object);
  }
  void trim() {
    while (first_ != nullptr) delete std::exchange(first_, first_->next);
    count_ = 0;
  }

 private:
  const size_t max_free_;
  size_t count_ = 0;
  T* first_ = nullptr;
};

}  // namespace fluxmq::kernel
