-- Numbered figures, tables and sections, and references to them, as Quarto writes them: ::: {#fig-x} and ::: {#tbl-x} with the
-- caption as the last paragraph, headings with {#sec-x}, and @fig-x, @tbl-x, @sec-x. Runs before citeproc.

local KINDS = { fig = "Figure", tbl = "Table", sec = "Section" }
local targets = {} -- identifier -> what a reference to it says
local unknown = {}

local function kind_of(identifier)
  return identifier:match("^(%l+)%-") or ""
end

local function number_headings(blocks)
  local top, counts = nil, {}
  for _, block in ipairs(blocks) do
    if block.t == "Header" then
      top = top or block.level
      if not block.classes:includes("unnumbered") then
        local depth = block.level - top + 1
        counts[depth] = (counts[depth] or 0) + 1
        for deeper = depth + 1, #counts do counts[deeper] = nil end
        local number = table.concat(counts, ".")
        targets[block.identifier] = "Section\u{a0}" .. number
        block.content:insert(1, pandoc.Span(number, { class = "header-section-number" }))
        block.content:insert(2, pandoc.Space())
      end
      if FORMAT ~= "html" then block.level = block.level - top + 1 end
    end
  end
end

-- Typst has no width of 100 %: a picture is as wide as the text unless it says otherwise.
local function fill_width(image)
  if FORMAT == "typst" and not image.attributes.width then image.attributes.width = "100%" end
  return image
end

local function read_tables(block)
  if block.format == "html" then return pandoc.read(block.text, "html").blocks end
end

local float_counts = {}
local function number_float(div)
  local kind = kind_of(div.identifier)
  if kind ~= "fig" and kind ~= "tbl" then return nil end
  local caption = div.content:remove()
  if not caption or caption.t ~= "Para" then error(div.identifier .. ": the last paragraph should be its caption") end
  float_counts[kind] = (float_counts[kind] or 0) + 1
  local name = KINDS[kind] .. "\u{a0}" .. float_counts[kind]
  targets[div.identifier] = name
  local title = pandoc.Strong({ pandoc.Str(name .. ".") })
  local words = pandoc.Inlines({ title, pandoc.Space() }) .. caption.content
  local content = div.content:walk({ Image = fill_width, RawBlock = read_tables })
  if kind == "fig" then
    content = content:walk({ Image = function(image)
      if #image.caption == 0 then image.caption = pandoc.Inlines(pandoc.utils.stringify(words)) end
      return image
    end })
    return pandoc.Figure(content, { long = { pandoc.Plain(words) } }, { div.identifier })
  end
  local done = false
  content = content:walk({ Table = function(table)
    if not done then table.caption = { long = { pandoc.Plain(words) } } end
    done = true
    return table
  end })
  if not done then error(div.identifier .. ": there is no table in it") end
  return pandoc.Div(content, { id = div.identifier, class = "table" })
end

local function refer(cite)
  local references = 0
  for _, citation in ipairs(cite.citations) do
    if KINDS[kind_of(citation.id)] then references = references + 1 end
  end
  if references == 0 then return nil end
  local inlines = pandoc.Inlines({})
  for position, citation in ipairs(cite.citations) do
    local says = targets[citation.id]
    if not says then unknown[citation.id] = true end
    if position > 1 then inlines:extend({ pandoc.Str(","), pandoc.Space() }) end
    if citation.mode == "SuppressAuthor" and says then says = says:match("\u{a0}(.*)$") end
    inlines:insert(pandoc.Link(says or "?", "#" .. citation.id, "", { class = "cross-reference" }))
  end
  return inlines
end

function Pandoc(document)
  number_headings(document.blocks)
  document.blocks = document.blocks:walk({ Div = number_float, traverse = "topdown" })
  document = document:walk({ Cite = refer })
  local missing = {}
  for identifier in pairs(unknown) do table.insert(missing, "@" .. identifier) end
  table.sort(missing)
  if #missing > 0 then error("nothing in the paper is called " .. table.concat(missing, ", ")) end
  return document
end
