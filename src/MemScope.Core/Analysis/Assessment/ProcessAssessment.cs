using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Assessment;

/// <summary>The judgement of a process in one line, from its snapshots alone.</summary>
/// <param name="Kind">Slug: <c>leak</c>, <c>retention</c>, <c>healthy</c> or <c>unclear</c>.</param>
/// <param name="InsideMallocHeap">Whether what grows lies in malloc's heap; null when nothing grows or it is not known.</param>
/// <param name="Category">The category that grows or holds most of the rise, or null.</param>
/// <param name="Summary">One or two sentences with figures.</param>
public sealed record ProcessAssessment(string Kind, bool? InsideMallocHeap, Category? Category, string Summary);
